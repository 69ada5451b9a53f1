// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"strings"
)

// Documents returns deep copies of the stored documents of a collection of the first project, in
// creation order: "rooms", "rooms/<room id>/services", "feeds/<feed id>/subscriptions". Numbers are
// float64. The documents have secret values, and lack what reads add.
func (s *Simulator) Documents(collection string) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	out := []map[string]any{}
	for _, rec := range c.st.all(c.path(collection)) {
		out = append(out, plain(rec.doc))
	}
	return out
}

// Document is one stored document of the first project.
type Document struct {
	Collection, ID string
	Doc            map[string]any
}

// All returns deep copies of all stored documents of the first project, in creation
// order.
func (s *Simulator) All() []Document {
	records, prefix := s.records(), "projects/"+s.ProjectID()+"/"
	out := []Document{}
	for _, r := range records {
		if collection, ours := strings.CutPrefix(r.Path, prefix); ours {
			out = append(out, Document{collection, r.ID, plain(r.Doc)})
		}
	}
	return out
}

// Edit changes a document without a request and without any checks. It reports whether the document
// exists. Ids are those of the REST paths. Grants have "<room id>/<user id>", and secrets of rooms
// have "<secret id>/<identity>/<delegate>".
func (s *Simulator) Edit(collection, id string, edit func(doc map[string]any)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	rec := c.st.get(c.path(collection), id)
	if rec == nil {
		return false
	}
	doc := plain(rec.doc)
	edit(doc)
	c.st.put(&record{path: rec.path, id: rec.id, seq: rec.seq, doc: normal(doc)})
	return true
}

// Settings returns a deep copy of the settings of the first project. Numbers are float64.
func (s *Simulator) Settings() map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	settings, _ := plain(s.inside(s.project).ownProject().doc)["settings"].(map[string]any)
	return settings
}

// SetSettings replaces the settings of the first project without a request.
func (s *Simulator) SetSettings(settings map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	own := c.ownProject()
	doc := normal(own.doc)
	doc["settings"] = normal(settings)
	c.st.put(&record{path: own.path, id: own.id, seq: own.seq, doc: doc})
}

// Remove deletes a document with its dependents, without a request. It reports whether the document
// existed.
func (s *Simulator) Remove(collection, id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(s.project)
	rec := c.st.get(c.path(collection), id)
	return rec != nil && c.remove(rec) == nil
}

// Add creates a document as another user would. doc is a request body of the contract. It can also
// set members that usually only the server sets, such as the id. Scheduled tasks must have their
// room_id. Add panics if the API would return an error.
func (s *Simulator) Add(collection string, doc map[string]any) (id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec, err := s.add(collection, doc)
	if err != nil {
		panic(fmt.Sprintf("simulator: adding to %s: %v", collection, err))
	}
	return rec.id
}

func (s *Simulator) add(collection string, doc map[string]any) (*record, error) {
	c := s.inside(s.project)
	path := c.path(collection)
	if parts := strings.Split(path, "/"); len(parts) > 4 {
		parent, id := strings.Join(parts[:len(parts)-2], "/"), parts[len(parts)-2]
		if c.st.get(parent, id) == nil {
			return nil, missing(kindOf(parent).noun, "id", id)
		}
	}
	return c.create(path, normal(doc))
}

// FreezeLists makes lists of a collection return the present state until thawed. It does not affect
// other reads.
func (s *Simulator) FreezeLists(collection string) (thaw func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := s.inside(s.project).path(collection)
	s.frozen[path] = s.store.clone()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.frozen, path)
	}
}
