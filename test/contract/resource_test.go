// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"net/http"
	"slices"
	"testing"
)

func TestWhatIsCreated(t *testing.T) {
	t.Parallel()
	v, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	mailbox, err := v.Created(http.MethodPost, "/accounts/projects/p/mailboxes")
	if err != nil {
		t.Fatal(err)
	}
	if mailbox.HasID() || !slices.Contains(mailbox.Key(), "address") || mailbox.Schema() == nil || mailbox.Schema().Properties["queue"] == nil {
		t.Errorf("a mailbox: %v", mailbox.index)
	}
	if got := mailbox.KeyIn(map[string]any{"address": "a@b", "queue": "q"}); !slices.Contains(got, any("a@b")) || slices.Contains(got, any("q")) {
		t.Errorf("its key is %v", got)
	}
	for verb, want := range map[string]string{"create": http.MethodPost, "get": http.MethodGet, "list": http.MethodGet, "update": http.MethodPut, "delete": http.MethodDelete} {
		if got := mailbox.Method(verb); got != want {
			t.Errorf("%s is %q", verb, got)
		}
	}
	if got, want := mailbox.Paths(), `/accounts/projects/p/mailboxes$|/accounts/projects/p/mailboxes/[^/]+$`; got != want {
		t.Errorf("its requests have paths like %s", got)
	}
	project, err := v.Created(http.MethodPost, "/accounts/projects")
	if err != nil {
		t.Fatal(err)
	}
	if !project.HasID() || project.Method("create") != http.MethodPost || project.Method("update") != "" || project.Path("delete") != "" {
		t.Errorf("a project: %v", project.index)
	}
	for _, path := range []string{"/accounts/projects/p/nothing", "/accounts/projects/p/rooms/r/connect"} {
		if found, err := v.Created(http.MethodPost, path); err == nil {
			t.Errorf("%s creates %v", path, found.index)
		}
	}
}
