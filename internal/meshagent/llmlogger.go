// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"net/http"
)

// LLMLoggerSpec is the part of an LLM logger that callers write. A nil member leaves the current
// value unchanged.
type LLMLoggerSpec struct {
	FeedID           string            `json:"destination_feed_id"`
	FilterExpression *string           `json:"filter_expression,omitempty"`
	Paused           *bool             `json:"paused,omitempty"`
	Annotations      map[string]string `json:"annotations,omitempty"`
}

// LLMLogger writes the LLM requests of a project to a feed.
type LLMLogger struct {
	ID string `json:"id"`
	LLMLoggerSpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (l *LLMLogger) UnmarshalJSON(text []byte) error {
	type plain LLMLogger
	l.extras = extrasOf[plain](text, "project_id", "created_at")
	return json.Unmarshal(text, (*plain)(l))
}

// Key is empty, because a logger has no name.
func (s LLMLoggerSpec) Key() string { return "" }

// Mark reads the ownership annotation.
func (s LLMLoggerSpec) Mark() Mark { return markIn(s.Annotations) }

// WithMark returns a copy with the ownership annotation.
func (s LLMLoggerSpec) WithMark(mark Mark) LLMLoggerSpec {
	s.Annotations = withMark(s.Annotations, mark)
	return s
}

// Identity is the logger's id.
func (l LLMLogger) Identity() string { return l.ID }

// Written is the logger without the parts that only MeshAgent writes.
func (l LLMLogger) Written() LLMLoggerSpec { return l.LLMLoggerSpec }

type llmLoggers struct {
	collection[LLMLoggerSpec, LLMLogger]
}

// LLMLoggers is /accounts/projects/{project_id}/llm-loggers.
func (p *Project) LLMLoggers() Collection[LLMLoggerSpec, LLMLogger] {
	return llmLoggers{collection[LLMLoggerSpec, LLMLogger]{
		client: p.client, route: p.route.join("/llm-loggers"), item: "/{logger_id}", member: "loggers", wrap: "logger", open: true,
		traits: Traits{Marks: true},
	}}
}

// llmLoggerBody is a logger on the wire. MeshAgent expects all members.
type llmLoggerBody struct {
	FeedID           string            `json:"destination_feed_id"`
	FilterExpression string            `json:"filter_expression"`
	Paused           bool              `json:"paused"`
	Annotations      map[string]string `json:"annotations"`
}

func (s LLMLoggerSpec) body() llmLoggerBody {
	body := llmLoggerBody{FeedID: s.FeedID, Annotations: orEmpty(s.Annotations)}
	if s.FilterExpression != nil {
		body.FilterExpression = *s.FilterExpression
	}
	if s.Paused != nil {
		body.Paused = *s.Paused
	}
	return body
}

// Create sends POST …/llm-loggers. The response has the logger.
func (c llmLoggers) Create(ctx context.Context, spec LLMLoggerSpec) (made LLMLogger, shown bool, err error) {
	made, err = c.read(ctx, request{method: http.MethodPost, route: c.route, in: spec.body(), open: true})
	return made, true, err
}

// Update sends PUT …/llm-loggers/{logger_id}, which replaces everything. The response is empty.
func (c llmLoggers) Update(ctx context.Context, current LLMLogger, spec LLMLoggerSpec) (made LLMLogger, shown bool, err error) {
	return LLMLogger{ID: current.ID}, false, c.put(ctx, current.ID, spec.body(), current.extras)
}
