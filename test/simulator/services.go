// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import "github.com/getkin/kin-openapi/openapi3"

var serviceOperations = map[string]operation{
	"createService":        createService,
	"createRoomService":    createService,
	"updateService":        updateService,
	"updateRoomService":    updateService,
	"getService":           getService,
	"getRoomService":       getService,
	"getServiceByName":     getService,
	"getRoomServiceByName": getService,
	"renderTemplate":       renderTemplate,
	"discoverMcpSpec":      discoverMCP,
}

// prepareService enforces the documented rule that clients do not check.
func prepareService(_ *call, _ string, doc document, _ *record) error {
	if (doc["container"] == nil) == (doc["external"] == nil) {
		return invalid("container: a service has either a container or an external address")
	}
	return nil
}

// viewService adds the nulls and defaults that servers can add, because clients must not treat them
// as drift.
func viewService(c *call, rec *record, _ mode) document {
	s := c.s.validator.Document().Components.Schemas["ServiceSpecRead"].Value
	out := normal(rec.doc)
	expand(s, out)
	return out
}

// expand adds the nulls and defaults in place, at every depth.
func expand(s *openapi3.Schema, v any) {
	for _, part := range s.AllOf {
		expand(part.Value, v)
	}
	switch v := v.(type) {
	case document:
		for name, ref := range s.Properties {
			expandMember(ref.Value, v, name)
		}
	case []any:
		for i := range v {
			if s.Items != nil {
				expand(s.Items.Value, v[i])
			}
		}
	}
}

func expandMember(s *openapi3.Schema, doc document, name string) {
	member, given := doc[name]
	switch {
	case member != nil:
		expand(s, member)
	case s.Nullable && (given || s.Default == nil):
		doc[name] = nil
	case s.Default != nil:
		doc[name] = copyValue(s.Default)
	default:
		delete(doc, name) // requests can have null where reads must not
	}
}

// manifest returns the requested service. It renders a template.
func (c *call) manifest() (doc document, fromTemplate bool, err error) {
	doc = c.object()
	if _, fromTemplate = doc["template"]; fromTemplate {
		doc, err = c.serviceFromTemplate(doc)
	}
	return doc, fromTemplate, err
}

func createService(c *call) (*answer, error) {
	path, _, err := c.target()
	if err != nil {
		return nil, err
	}
	doc, fromTemplate, err := c.manifest()
	if err != nil {
		return nil, err
	}
	rec, err := c.create(path, doc)
	if err != nil {
		return nil, err
	}
	if c.answerSchema() == "RoomServiceCreated" && !fromTemplate {
		return jsonAnswer(document{"id": rec.id}), nil
	}
	return jsonAnswer(c.view(rec, created)), nil
}

func updateService(c *call) (*answer, error) {
	_, item, err := c.target()
	if err != nil {
		return nil, err
	}
	doc, fromTemplate, err := c.manifest()
	if err != nil {
		return nil, err
	}
	if id := text(doc, "id"); id != "" && id != item.id {
		return nil, invalid("id: is not that of the path") // assumed: it might win, or be ignored
	}
	if fromTemplate {
		c.regrow(kindOf(item.path), doc, item.doc)
	}
	next, err := c.update(item, doc)
	if err != nil {
		return nil, err
	}
	if c.answerSchema() == "RoomServiceUpdated" && !fromTemplate {
		return jsonAnswer(document{}), nil
	}
	return jsonAnswer(c.view(next, updated)), nil
}

func getService(c *call) (*answer, error) {
	_, item, err := c.target()
	if err != nil {
		return nil, err
	}
	a := jsonAnswer(c.view(item, fetched))
	if c.s.behavior.ServicesAsText {
		a.contentType = "text/plain; charset=utf-8"
	}
	return a, nil
}

func renderTemplate(c *call) (*answer, error) {
	body := c.object()
	doc, err := c.render(body)
	if err != nil {
		return nil, err
	}
	return jsonAnswer(doc), nil
}

func discoverMCP(c *call) (*answer, error) {
	body := c.object()
	endpoint := document{"path": "/", "mcp": document{"label": "mcp"}}
	out := document{
		"version": "v1", "kind": "Service", "metadata": document{"name": "mcp"},
		"ports":    []any{document{"num": 443, "type": "http", "endpoints": []any{endpoint}}},
		"external": document{"url": body["url"]},
	}
	if body["format"] == "template" {
		out["kind"] = "ServiceTemplate"
	}
	return jsonAnswer(out), nil
}
