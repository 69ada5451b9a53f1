// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// settingsServer holds a project's settings. A PUT replaces them.
type settingsServer struct{ settings, put string }

func (s *settingsServer) project(t *testing.T) *Project {
	t.Helper()
	return answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			text, _ := io.ReadAll(r.Body)
			s.put, s.settings = string(text), string(text)
			_, _ = io.WriteString(w, "{}")
			return
		}
		_, _ = io.WriteString(w, `{"id": "p", "settings": `+s.settings+`}`)
	}).Project("p")
}

func TestSettingsAreWrittenWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, held string
		writeOnly  [][]string
		change     func(Object)
		want       string
	}{
		{"a new member", `{"theirs": 1.50}`, nil, func(o Object) { o["a"] = "b" }, `{"a":"b","theirs":1.50}`},
		{"a removed member", `{"a": {"b": 1, "c": 2}, "d": 3}`, nil, func(o Object) {
			delete(o, "d")
			delete(o["a"].(map[string]any), "b")
		}, `{"a":{"b":null,"c":2},"d":null}`},
		{"a secret", `{"a": {"key": "hush", "b": 1}}`, [][]string{{"a", "key"}}, func(o Object) { o["a"].(map[string]any)["key"] = "new" }, `{"a":{"b":1,"key":"new"}}`},
		{"a withdrawn secret", `{"a": {"key": "hush", "b": ""}}`, [][]string{{"a", "key"}}, func(o Object) { o["a"].(map[string]any)["key"] = "" }, `{"a":{"b":"","key":null}}`},
		{"a secret in what is removed", `{"a": {"key": "hush"}}`, [][]string{{"a", "key"}}, func(o Object) { delete(o, "a") }, `{"a":null}`},
	} {
		server := &settingsServer{settings: tt.held}
		settings := server.project(t).Settings(SettingsParts{WriteOnly: tt.writeOnly})
		current, err := settings.Get(t.Context(), Ref{})
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := Encode(current.Settings); strings.Contains(string(text), "hush") {
			t.Errorf("%s: a value was read that is only written: %s", tt.name, text)
		}
		again, _ := settings.Get(t.Context(), Ref{})
		tt.change(again.Settings)
		if _, _, err := settings.Update(t.Context(), current, again.SettingsSpec); err != nil || server.put != tt.want {
			t.Errorf("%s: sent %s, and not %s: %v", tt.name, server.put, tt.want, err)
		}
	}
}

// Both have read the settings before the other one writes.
func TestTwoWritersOfSettings(t *testing.T) {
	t.Parallel()
	server := &settingsServer{settings: `{"a": {"x": 1}, "b": 1}`}
	settings := server.project(t).Settings(SettingsParts{})
	one, _ := settings.Get(t.Context(), Ref{})
	other, _ := settings.Get(t.Context(), Ref{})
	if _, _, err := settings.Update(t.Context(), one, SettingsSpec{Settings: Object{"a": map[string]any{"x": 1, "y": 2}}}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := settings.Update(t.Context(), other, SettingsSpec{Settings: Object{"a": map[string]any{"x": 3}, "b": other.Settings["b"], "c": 4}}); err != nil {
		t.Fatal(err)
	}
	if want := `{"a":{"x":3,"y":2},"b":null,"c":4}`; server.settings != want {
		t.Errorf("MeshAgent holds %s, and not %s", server.settings, want)
	}
}

func TestMaskedSettingsAreNotSentBack(t *testing.T) {
	t.Parallel()
	server := &settingsServer{settings: `{"openai": {"api_key": "********"}}`}
	settings := server.project(t).Settings(SettingsParts{})
	current, _ := settings.Get(t.Context(), Ref{})
	wanted := Object{"openai": map[string]any{"api_key": "********"}, "a": "b"}
	if _, _, err := settings.Update(t.Context(), current, SettingsSpec{Settings: wanted}); !errors.Is(err, ErrValueHidden) || server.put != "" {
		t.Errorf("%v, and %q was sent", err, server.put)
	}
	// Where the caller has the value, nothing is lost.
	settings = server.project(t).Settings(SettingsParts{WriteOnly: [][]string{{"openai", "api_key"}}})
	current, _ = settings.Get(t.Context(), Ref{})
	wanted["openai"] = map[string]any{"api_key": "hush"}
	if _, _, err := settings.Update(t.Context(), current, SettingsSpec{Settings: wanted}); err != nil {
		t.Error(err)
	}
}
