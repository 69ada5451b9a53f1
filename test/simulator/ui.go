// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	_ "embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// uiPath is the page for people. It needs no key and shows no values.
const uiPath = "/_simulator/"

const (
	shownRows  = 200
	shownCalls = 50
)

//go:embed ui.html
var uiHTML string

var uiTemplate = template.Must(template.New("ui").Parse(uiHTML))

// Overview is the content of the page and of state.json: names and ids, never values.
type Overview struct {
	Project     string       `json:"project"`
	Collections []Collection `json:"collections"`
	CallCount   int          `json:"callCount"`
	Calls       []callRow    `json:"calls"`
}

// Collection is a collection that is not empty, by its path in the project.
type Collection struct {
	Path  string `json:"path"`
	Count int    `json:"count"`
	Rows  []Row  `json:"rows"`
}

// Row is a resource.
type Row struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type callRow struct {
	At     string `json:"at"`
	Method string `json:"method"`
	Target string `json:"target"`
	Status int    `json:"status"`
}

// serveUI answers requests for the page, and reports whether this was one.
func (s *Simulator) serveUI(w http.ResponseWriter, r *http.Request) bool {
	rest, ok := strings.CutPrefix(r.URL.Path, uiPath)
	if !ok || r.Method != http.MethodGet {
		return false
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	switch rest {
	case "":
		var page bytes.Buffer
		if err := uiTemplate.Execute(&page, s.Overview(shownRows)); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return true
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page.Bytes())
	case "state.json":
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(encode(s.Overview(0)))
	default:
		http.NotFound(w, r)
	}
	return true
}

// Overview lists collections with up to limit rows each; 0 is all.
func (s *Simulator) Overview(limit int) Overview {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Overview{Project: s.project, Collections: []Collection{}, CallCount: len(s.log.calls), Calls: []callRow{}}
	own := s.inside(s.project).path("")
	for _, path := range slices.Sorted(maps.Keys(s.store.tables)) {
		t := s.store.tables[path]
		if len(t.records) == 0 {
			continue
		}
		c := Collection{Path: strings.TrimPrefix(path, own), Count: len(t.records), Rows: []Row{}}
		for _, rec := range s.store.all(path) {
			if limit > 0 && len(c.Rows) == limit {
				break
			}
			c.Rows = append(c.Rows, Row{rec.id, label(t.kind, rec.doc)})
		}
		out.Collections = append(out.Collections, c)
	}
	for _, call := range slices.Backward(s.log.calls) {
		if len(out.Calls) == shownCalls {
			break
		}
		target := call.Path
		if call.Query != "" {
			target += "?" + call.Query
		}
		out.Calls = append(out.Calls, callRow{call.At.UTC().Format("15:04:05.000"), call.Method, target, call.Status})
	}
	return out
}

func label(k *kind, doc document) string {
	if name := k.name(doc); name != "" {
		return strings.ReplaceAll(name, "\x00", " ")
	}
	for _, member := range []string{"name", "email", "room_name"} {
		if name := text(doc, member); name != "" {
			return name
		}
	}
	return ""
}
