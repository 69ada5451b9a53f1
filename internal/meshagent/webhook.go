// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
)

// WebhookSpec is the part of a webhook that callers write. An unset member leaves the current value
// unchanged.
type WebhookSpec struct {
	Name        string   `json:"name"`
	URL         string   `json:"url"`
	Events      []string `json:"events"` // a set; "*" contains all
	Description *string  `json:"description,omitempty"`
	Action      string   `json:"action,omitempty"`
	Payload     Object   `json:"payload,omitempty"`
	// Annotations have only the mark, which MeshAgent stores at the end of the description.
	Annotations map[string]string `json:"annotations,omitempty"`
	// Secret signs deliveries. It is only in requests.
	Secret *string `json:"secret,omitempty"`
}

// Webhook is a webhook of a project.
type Webhook struct {
	ID string
	WebhookSpec

	text   json.RawMessage // a payload that is not an object
	extras *extras
}

// webhookBody is a webhook on the wire, apart from its secret, which is never read.
type webhookBody struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	URL         string          `json:"url"`
	Events      []string        `json:"events"`
	Action      string          `json:"action"`
	Payload     json.RawMessage `json:"payload"`
}

// UnmarshalJSON reads MeshAgent's form. Empty and missing values are the same.
func (w *Webhook) UnmarshalJSON(text []byte) error {
	type envelope struct {
		ID string `json:"id"`
		webhookBody
	}
	var row envelope
	if err := json.Unmarshal(text, &row); err != nil {
		return err
	}
	prose, mark := splitMark(row.Description)
	*w = Webhook{
		ID: row.ID,
		WebhookSpec: WebhookSpec{
			Name: row.Name, URL: row.URL, Events: row.Events, Description: &prose, Action: row.Action, Annotations: withMark(nil, mark),
		}.Ordered(),
		extras: extrasOf[envelope](text, "secret", "project_id", "created_at"),
	}
	if json.Unmarshal(row.Payload, &w.Payload) != nil || len(w.Payload) == 0 {
		w.Payload = nil
		if text := string(row.Payload); text != `""` && text != "{}" {
			w.text = slices.Clone(row.Payload)
		}
	}
	return nil
}

// Ordered returns the webhook with its events in alphabetical order and without duplicates.
func (s WebhookSpec) Ordered() WebhookSpec {
	s.Events = slices.Clone(s.Events)
	slices.Sort(s.Events)
	s.Events = slices.Compact(s.Events)
	return s
}

// Key is the webhook's name.
func (s WebhookSpec) Key() string { return s.Name }

// Mark reads the ownership annotation.
func (s WebhookSpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s WebhookSpec) WithMark(mark Mark) WebhookSpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// AtCreation is the webhook itself, because only its secret cannot be sent with a creation.
func (s WebhookSpec) AtCreation() WebhookSpec { return s }

// Identity is the webhook's id.
func (w Webhook) Identity() string { return w.ID }

// Written is the webhook without its id.
func (w Webhook) Written() WebhookSpec { return w.WebhookSpec }

// body is the form in requests. text is a payload that the caller leaves as it is.
func (s WebhookSpec) body(text json.RawMessage) (webhookBody, error) {
	body := webhookBody{Name: s.Name, URL: s.URL, Events: s.Events, Action: s.Action, Payload: text}
	if s.Description != nil {
		body.Description = *s.Description
	}
	body.Description = joinMark(body.Description, s.Mark())
	if body.Events == nil {
		body.Events = []string{}
	}
	if len(s.Payload) == 0 {
		return body, nil
	}
	var err error
	body.Payload, err = Encode(s.Payload)
	return body, err
}

// webhooks differs from the regular case: no route reads one webhook, and the response to a
// creation may lack the id.
type webhooks struct {
	collection[WebhookSpec, Webhook]
}

// Webhooks is /accounts/projects/{project_id}/webhooks. It is not certain that MeshAgent refuses a
// second webhook with the same name, so callers search before they create.
func (p *Project) Webhooks() Collection[WebhookSpec, Webhook] {
	return webhooks{collection[WebhookSpec, Webhook]{
		client: p.client, route: p.route.join("/webhooks"), item: "/{webhook_id}", member: "webhooks", open: true, traits: Traits{Marks: true},
	}}
}

// Get returns ErrUseList.
func (c webhooks) Get(context.Context, Ref) (Webhook, error) { return Webhook{}, ErrUseList }

// Create sends POST …/webhooks, without the secret. The response is the webhook, its id, or empty.
func (c webhooks) Create(ctx context.Context, spec WebhookSpec) (made Webhook, shown bool, err error) {
	body, err := spec.body(nil)
	if err != nil {
		return made, false, err
	}
	err = c.client.do(ctx, request{method: http.MethodPost, route: c.route, in: body, out: &made, open: true})
	if err == nil && made.ID == "" {
		err = ErrUseList
	}
	return made, made.URL != "", err
}

// Update sends PUT …/webhooks/{webhook_id}, which replaces everything. Whether a null for the
// secret leaves the current secret unchanged is unknown.
func (c webhooks) Update(ctx context.Context, current Webhook, spec WebhookSpec) (made Webhook, shown bool, err error) {
	var sent struct {
		webhookBody

		Secret *string `json:"secret"`
	}
	if sent.webhookBody, err = spec.body(current.text); err != nil {
		return current, false, err
	}
	sent.Secret = spec.Secret
	err = c.client.do(ctx, request{
		method: http.MethodPut, route: c.one(current.ID), in: completed{sent, current.extras}, open: sent.Secret == nil,
	})
	return Webhook{ID: current.ID}, false, err
}
