// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
)

// FeedSpec is the part of a feed that callers write. A nil member leaves the current value
// unchanged.
type FeedSpec struct {
	Name          string            `json:"name"`
	Description   *string           `json:"description,omitempty"`
	Visibility    string            `json:"visibility,omitempty"` // sent only when the feed is created
	Paused        *bool             `json:"paused,omitempty"`
	Annotations   map[string]string `json:"annotations,omitempty"`
	MessageSchema json.RawMessage   `json:"message_schema,omitempty"` // an object or a boolean
}

// Feed is a feed of a project.
type Feed struct {
	ID string `json:"id"`
	FeedSpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (f *Feed) UnmarshalJSON(text []byte) error {
	type plain Feed
	f.extras = extrasOf[plain](text, "project_id", "created_at")
	return json.Unmarshal(text, (*plain)(f))
}

// Key is the feed's name.
func (s FeedSpec) Key() string { return s.Name }

// Mark reads the ownership annotation.
func (s FeedSpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s FeedSpec) WithMark(mark Mark) FeedSpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// Identity is the feed's id.
func (f Feed) Identity() string { return f.ID }

// Written is the feed without the parts that only MeshAgent writes.
func (f Feed) Written() FeedSpec { return f.FeedSpec }

type feeds struct{ collection[FeedSpec, Feed] }

// Feeds is /accounts/projects/{project_id}/feeds. It is not certain that MeshAgent refuses a second
// feed with the same name, so callers search before they create.
func (p *Project) Feeds() Collection[FeedSpec, Feed] {
	return feeds{collection[FeedSpec, Feed]{
		client: p.client, route: p.route.join("/feeds"), item: "/{feed_id}", member: "feeds", wrap: "feed", open: true,
		paging: paging{"count", 100}, traits: Traits{Marks: true},
	}}
}

// Update sends PUT …/feeds/{feed_id}, which replaces everything but the visibility. MeshAgent
// resets omitted members to their defaults.
func (c feeds) Update(ctx context.Context, current Feed, spec FeedSpec) (made Feed, shown bool, err error) {
	if err := fixed("visibility", current.Visibility, spec.Visibility); err != nil {
		return current, false, err
	}
	body := spec
	body.Visibility = ""
	if string(body.MessageSchema) == "null" {
		body.MessageSchema = nil
	}
	return Feed{ID: current.ID}, false, c.put(ctx, current.ID, body, current.extras)
}
