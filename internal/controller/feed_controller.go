// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"bytes"
	"cmp"
	"encoding/json"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshfeeds,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshfeeds/status,verbs=patch

// Feed keeps a feed of a project.
var Feed = engine.Kind[*v1alpha1.MeshFeed, meshagent.FeedSpec, meshagent.Feed]{
	Object:     &v1alpha1.MeshFeed{},
	Collection: engine.InProject[*v1alpha1.MeshFeed]((*meshagent.Project).Feeds),
	Desired:    desiredFeed,
	Adapt:      adaptFeed,
	Defaults:   &meshagent.FeedSpec{Description: new(""), Paused: new(false)},
}

func desiredFeed(feed *v1alpha1.MeshFeed, _ engine.Inputs) (meshagent.FeedSpec, error) {
	spec := meshagent.FeedSpec{
		Name: nameOr(feed.Spec.Name, feed), Description: feed.Spec.Description, Visibility: visibilityWords.wire(feed.Spec.Visibility),
		Paused: feed.Spec.Paused, Annotations: feed.Spec.Annotations,
	}
	if schema := feed.Spec.MessageSchema; schema != nil {
		text, ok := objectOrBoolean(schema.Raw)
		if !ok {
			return spec, verdict.Invalid(msgFeedSchema)
		}
		spec.MessageSchema = text
	}
	return spec, nil
}

// adaptFeed leaves the visibility as it is unless the object says one: it cannot be changed, not
// even back to the default.
func adaptFeed(desired meshagent.FeedSpec, remote meshagent.Feed) meshagent.FeedSpec {
	desired.Visibility = cmp.Or(desired.Visibility, remote.Visibility)
	return desired
}

// objectOrBoolean reads JSON that must be one of the two, and writes it in one form: Kubernetes may
// give the same value in another one.
func objectOrBoolean(text []byte) (canonical []byte, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	switch value.(type) {
	case map[string]any, bool:
		canonical, err := meshagent.Encode(value)
		return canonical, err == nil
	}
	return nil, false
}
