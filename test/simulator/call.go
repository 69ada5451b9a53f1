// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// The content types of requests and responses.
const (
	mediaJSON = "application/json"
	mediaRaw  = "application/octet-stream"
)

// call is one request that is being carried out, under the lock.
type call struct {
	s       *Simulator
	st      *store
	project string
	user    string // the caller: the project's owner
	key     apiKey // of the caller, if it used one
	route   *contract.Route
	query   url.Values
	body    any
	raw     []byte
}

// inside returns a call that did not come in as a request.
func (s *Simulator) inside(project string) *call {
	return &call{s: s, st: s.store, project: project, user: ownerID}
}

// path returns the absolute path of a collection of the project. The projects themselves are
// outside any project.
func (c *call) path(collection string) string {
	if collection == "projects" {
		return collection
	}
	return "projects/" + c.project + "/" + collection
}

func (c *call) param(name string) string { return c.route.Params[name] }

// object is the request body as an object.
func (c *call) object() document {
	doc, _ := c.body.(document)
	return maps.Clone(doc)
}

// failure is an error answer.
type failure struct {
	status int
	text   string
}

func (f *failure) Error() string { return fmt.Sprintf("%d: %s", f.status, f.text) }

func invalid(format string, args ...any) error {
	return &failure{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func missing(noun, how, which string) error {
	return &failure{http.StatusNotFound, fmt.Sprintf("no %s with %s %q", noun, how, which)}
}

func conflict(format string, args ...any) error {
	return &failure{http.StatusConflict, fmt.Sprintf(format, args...)}
}

// answer is a response.
type answer struct {
	existed     bool // a creation returned what existed
	status      int
	contentType string
	body        []byte
	header      http.Header
	half        Drop // what happens after half of the body; NoDrop for nothing
}

func textAnswer(status int, body string) *answer {
	return &answer{status: status, contentType: "text/plain; charset=utf-8", body: []byte(body)}
}

func jsonAnswer(v any) *answer {
	return &answer{status: http.StatusOK, contentType: mediaJSON, body: encode(v)}
}

// done is the response of operations that only report success.
func (c *call) done() *answer {
	if status, _ := c.route.Operation.Extensions["x-usual-status"].(float64); status == http.StatusNoContent {
		return &answer{status: http.StatusNoContent}
	}
	if c.answerSchema() == "Ok" {
		return jsonAnswer(document{"ok": true})
	}
	return jsonAnswer(document{})
}

// answerSchema is the name of the schema of a successful answer.
func (c *call) answerSchema() string {
	ref := c.route.Operation.Responses.Status(http.StatusOK)
	if ref == nil || ref.Value.Content["application/json"] == nil {
		return ""
	}
	name := ref.Value.Content["application/json"].Schema.Ref
	return name[strings.LastIndex(name, "/")+1:]
}

// reply returns a document in the envelope that the contract requires.
func (c *call) reply(rec *record, m mode) *answer {
	switch name := c.answerSchema(); name {
	case "", "Empty", "Ok":
		return c.done()
	case "CreatedId":
		return jsonAnswer(document{"id": publicID(rec)})
	case "ScheduledTaskCreated":
		return jsonAnswer(document{"task_id": rec.id})
	default:
		doc := c.view(rec, m)
		if strings.HasSuffix(name, "Envelope") {
			s := c.s.validator.Document().Components.Schemas[name].Value
			return jsonAnswer(document{s.Required[0]: doc})
		}
		return jsonAnswer(doc)
	}
}

// publicID is the id that clients see. The key of a secret with qualifiers has more parts, and only
// its first part is the id.
func publicID(rec *record) string {
	if id := text(rec.doc, "id"); id != "" {
		return id
	}
	return rec.id
}

// view is what a read shows of a record.
func (c *call) view(rec *record, m mode) document {
	k := c.st.table(rec.path).kind
	doc := rec.doc
	if k.view != nil {
		doc = k.view(c, rec, m)
	}
	if m == listed && len(k.secret) > 0 {
		doc = maps.Clone(doc)
		for _, member := range k.secret {
			delete(doc, member)
		}
	}
	return doc
}
