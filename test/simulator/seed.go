// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Seed fills the first project from YAML. The YAML maps REST paths below the project to lists of
// bodies. Seed sends them with POST, in their order.
//
//	rooms:
//	  - {name: support}
//	rooms/support/services:
//	  - {version: v1, kind: Service, metadata: {name: web}, external: {url: "https://example.com"}}
//	feeds:
//	  - {name: orders}
//	feeds/orders/subscriptions:
//	  - {room: support, path: /orders}
//	room-grants:
//	  - {room_id: support, email: ops@example.com, permissions: {}}
//
// Names can replace ids. Users also have an email. Sessions name a room or an agent.
func (s *Simulator) Seed(r io.Reader) error {
	var doc yaml.Node
	if err := yaml.NewDecoder(r).Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return fmt.Errorf("reading the seed: %w", err)
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return errors.New("reading the seed: it is not a mapping of paths to lists")
	}
	for i := 0; i < len(root.Content); i += 2 {
		path := root.Content[i].Value
		var bodies []map[string]any
		if err := root.Content[i+1].Decode(&bodies); err != nil {
			return fmt.Errorf("reading the seed of %s: %w", path, err)
		}
		for n, body := range bodies {
			if err := s.seedOne(path, normal(body)); err != nil {
				return fmt.Errorf("seeding %s[%d]: %w", path, n, err)
			}
		}
	}
	return nil
}

func (s *Simulator) seedOne(path string, body document) (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	for member, collection := range map[string]string{"room_id": "rooms", "agent_id": "agents", "destination_feed_id": "feeds"} {
		if id := text(body, member); id != "" {
			body[member] = c.idOf(collection, id)
		}
	}
	switch path {
	case "users", "transactions", "usage": // the API has no POST for all of it
		_, err = s.add(path, body)
		return err
	case "sessions":
		return c.seedSession(body)
	}
	parts := strings.Split(path, "/")
	if len(parts) == 3 && parts[0] != "rooms" { // a room is in the path by name
		parts[1] = c.idOf(parts[0], parts[1])
	}
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	u := &url.URL{Path: "/"}
	u = u.JoinPath(append([]string{"accounts/projects", s.project}, parts...)...)
	if a := c.sendAs(u, mediaJSON, bytes.Clone(encode(body))); a.status >= http.StatusBadRequest {
		return errors.New(string(a.body))
	}
	return nil
}

// sendAs posts a body on behalf of the project's owner.
func (c *call) sendAs(u *url.URL, contentType string, body []byte) *answer {
	return c.s.carryOut(&http.Request{
		Method: http.MethodPost, URL: u,
		Header: http.Header{"Authorization": {"Bearer " + c.signingKey().String()}, "Content-Type": {contentType}},
	}, body)
}

// idOf turns a name into an id. A text that is not a name is returned unchanged.
func (c *call) idOf(collection, name string) string {
	if rec := c.st.named(c.path(collection), name); rec != nil {
		return rec.id
	}
	return name
}

func (c *call) seedSession(body document) error {
	for _, noun := range []string{"room", "agent"} {
		name := text(body, noun)
		if name == "" {
			continue
		}
		target := c.st.named(c.path(noun+"s"), name)
		if target == nil {
			return missing(noun, "name", name)
		}
		_, err := c.startSession(noun, target)
		return err
	}
	return errors.New("a session needs a room or an agent")
}
