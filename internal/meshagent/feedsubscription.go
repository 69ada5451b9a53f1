// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
)

// FeedSubscriptionSpec is the part of a feed's subscription that callers write. A nil member leaves
// the current value unchanged.
type FeedSubscriptionSpec struct {
	RoomID                 string            `json:"-"` // reported by MeshAgent, never sent
	Room                   string            `json:"room"`
	Path                   string            `json:"path"`
	FilenameDatetimeFormat *string           `json:"filename_datetime_format,omitempty"`
	Annotations            map[string]string `json:"annotations,omitempty"`
}

// FeedSubscription delivers a feed into the storage of a room.
type FeedSubscription struct {
	ID     string `json:"id"`
	RoomID string `json:"room_id"`
	FeedSubscriptionSpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (s *FeedSubscription) UnmarshalJSON(text []byte) error {
	type plain FeedSubscription
	s.extras = extrasOf[plain](text, "feed_id", "project_id", "created_at")
	return json.Unmarshal(text, (*plain)(s))
}

// Key is the room and the path.
func (s FeedSubscriptionSpec) Key() string { return s.Room + ":" + s.Path }

// Mark reads the ownership annotation.
func (s FeedSubscriptionSpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s FeedSubscriptionSpec) WithMark(mark Mark) FeedSubscriptionSpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// Identity is the subscription's id.
func (s FeedSubscription) Identity() string { return s.ID }

// Written is the subscription without the parts that only MeshAgent writes.
func (s FeedSubscription) Written() FeedSubscriptionSpec {
	written := s.FeedSubscriptionSpec
	written.RoomID = s.RoomID
	return written
}

type feedSubscriptions struct {
	collection[FeedSubscriptionSpec, FeedSubscription]
}

// FeedSubscriptions is /accounts/projects/{project_id}/feeds/{feed_id}/subscriptions.
func (p *Project) FeedSubscriptions(feedID string) Collection[FeedSubscriptionSpec, FeedSubscription] {
	return feedSubscriptions{collection[FeedSubscriptionSpec, FeedSubscription]{
		client: p.client, route: p.route.join("/feeds/{feed_id}/subscriptions", feedID), item: "/{subscription_id}", member: "subscriptions", wrap: "subscription",
		open: true, traits: Traits{Marks: true},
	}}
}

// Update sends PUT …/subscriptions/{subscription_id}, which replaces everything but the room and
// the path. MeshAgent resets an omitted format to its default.
func (c feedSubscriptions) Update(ctx context.Context, current FeedSubscription, spec FeedSubscriptionSpec) (made FeedSubscription, shown bool, err error) {
	if err := fixed("room", current.Room, spec.Room); err != nil {
		return current, false, err
	}
	if err := fixed("path", current.Path, spec.Path); err != nil {
		return current, false, err
	}
	body := struct {
		FilenameDatetimeFormat *string           `json:"filename_datetime_format,omitempty"`
		Annotations            map[string]string `json:"annotations"`
	}{spec.FilenameDatetimeFormat, orEmpty(spec.Annotations)}
	return FeedSubscription{ID: current.ID}, false, c.put(ctx, current.ID, body, current.extras)
}
