// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"net/http"
	"reflect"
	"slices"
	"testing"
)

func TestWhatIsCreated(t *testing.T) {
	t.Parallel()
	v, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	mailbox, err := v.Created("/accounts/projects/p/mailboxes")
	if err != nil {
		t.Fatal(err)
	}
	if mailbox.HasID() || !slices.Contains(mailbox.Key(), "address") || mailbox.Schema() == nil || mailbox.Schema().Properties["queue"] == nil {
		t.Errorf("a mailbox: %v", mailbox.index)
	}
	if got := mailbox.KeyIn(map[string]any{"address": "a@b", "queue": "q"}); !slices.Contains(got, any("a@b")) || slices.Contains(got, any("q")) {
		t.Errorf("its key is %v", got)
	}
	if got, want := mailbox.Writes(), []string{http.MethodDelete, http.MethodPost, http.MethodPut}; !reflect.DeepEqual(got, want) {
		t.Errorf("it is written by %v", got)
	}
	project, err := v.Created("/accounts/projects")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := project.Writes(), []string{http.MethodPost}; !project.HasID() || !reflect.DeepEqual(got, want) {
		t.Errorf("a project is written by %v", got)
	}
	for _, path := range []string{"/accounts/projects/p/nothing", "/accounts/projects/p/rooms/r/connect"} {
		if found, err := v.Created(path); err == nil {
			t.Errorf("%s creates %v", path, found.index)
		}
	}
}
