// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshfeedsubscriptions,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshfeedsubscriptions/status,verbs=patch

// FeedSubscription delivers a feed into a room.
var FeedSubscription = engine.Kind[*v1alpha1.MeshFeedSubscription, meshagent.FeedSubscriptionSpec, meshagent.FeedSubscription]{
	Object: &v1alpha1.MeshFeedSubscription{},
	Collection: func(project *meshagent.Project, _ *v1alpha1.MeshFeedSubscription, feedID string) meshagent.Collection[meshagent.FeedSubscriptionSpec, meshagent.FeedSubscription] {
		return project.FeedSubscriptions(feedID)
	},
	Parent: func(subscription *v1alpha1.MeshFeedSubscription, in engine.Inputs) string {
		return in.Resolved(&v1alpha1.MeshFeed{}, subscription.Spec.FeedRef.Resource()).ID
	},
	References: []engine.Reference[*v1alpha1.MeshFeedSubscription]{
		engine.To(&v1alpha1.MeshFeed{}, func(subscription *v1alpha1.MeshFeedSubscription) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{subscription.Spec.FeedRef.Resource()}
		}),
		toRooms(func(subscription *v1alpha1.MeshFeedSubscription) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{subscription.Spec.RoomRef}
		}),
	},
	Desired:  desiredFeedSubscription,
	Adapt:    adaptFeedSubscription,
	Defaults: &meshagent.FeedSubscriptionSpec{FilenameDatetimeFormat: new("YYYY-MM-DDThh_mm_ssZ")},
}

func desiredFeedSubscription(subscription *v1alpha1.MeshFeedSubscription, in engine.Inputs) (meshagent.FeedSubscriptionSpec, error) {
	room := in.Resolved(&v1alpha1.MeshRoom{}, subscription.Spec.RoomRef)
	spec := meshagent.FeedSubscriptionSpec{RoomID: room.ID, Room: room.Name, Path: subscription.Spec.Path, Annotations: subscription.Spec.Annotations}
	if format := subscription.Spec.FilenameFormat; format != "" {
		spec.FilenameDatetimeFormat = &format
	}
	return spec, nil
}

// adaptFeedSubscription takes a room of the same id for the same room, whatever it was called when
// the subscription was made.
func adaptFeedSubscription(desired meshagent.FeedSubscriptionSpec, remote meshagent.FeedSubscription) meshagent.FeedSubscriptionSpec {
	if remote.RoomID != "" && remote.RoomID == desired.RoomID {
		desired.Room = remote.Room
	}
	return desired
}
