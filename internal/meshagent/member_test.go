// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// memberServer has two members. The API key acts for the first.
type memberServer struct {
	me    int // the status of profiles/me
	calls []string
}

func (s *memberServer) project(t *testing.T) *Project {
	t.Helper()
	return answering(t, func(w http.ResponseWriter, r *http.Request) {
		path := strings.TrimPrefix(r.URL.Path, "/accounts/")
		s.calls = append(s.calls, r.Method+" "+path)
		switch {
		case path == "profiles/me" && s.me != http.StatusOK:
			w.WriteHeader(s.me)
		case path == "profiles/me":
			_, _ = io.WriteString(w, `{"id": "U1", "email": "a@example.com"}`)
		case r.Method == http.MethodGet:
			_, _ = io.WriteString(w, `{"users": [{"id": "u1", "email": "A@example.com", "is_admin": true, "can_create_agents": true}, {"id": "u2"}], "total": 2}`)
		default:
			_, _ = io.WriteString(w, "{}")
		}
	}).Project("p")
}

func (s *memberServer) count(call string) int {
	return len(slices.DeleteFunc(slices.Clone(s.calls), func(one string) bool { return one != call }))
}

func membersIn(t *testing.T, members Collection[MemberSpec, Member]) (all []Member) {
	t.Helper()
	for one, err := range members.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	return all
}

func TestTheUserOfTheAPIKeyKeepsTheirAccess(t *testing.T) {
	t.Parallel()
	server := &memberServer{me: http.StatusOK}
	members := server.project(t).Members()
	all := membersIn(t, members)
	for range 2 {
		if err := members.Delete(t.Context(), "u1"); !errors.Is(err, ErrKept) {
			t.Errorf("deleting it: %v", err)
		}
		spec := all[0].Written()
		spec.IsAdmin = new(false)
		if _, _, err := members.Update(t.Context(), all[0], spec); !IsRefusal(err) || !NotSent(err) {
			t.Errorf("taking the flag away: %v", err)
		}
	}
	if err := members.Delete(t.Context(), "u2"); err != nil {
		t.Error(err)
	}
	if server.count("GET profiles/me") != 1 || server.count("DELETE projects/p/users/u1") != 0 || server.count("DELETE projects/p/users/u2") != 1 {
		t.Errorf("sent %q", server.calls)
	}
}

func TestWithoutKnowingTheUserNothingIsTakenAway(t *testing.T) {
	t.Parallel()
	for status, deletes := range map[int]int{http.StatusForbidden: 0, http.StatusServiceUnavailable: 0, http.StatusNotFound: 1} {
		server := &memberServer{me: status}
		_ = server.project(t).Members().Delete(t.Context(), "u1")
		if got := server.count("DELETE projects/p/users/u1"); got != deletes {
			t.Errorf("%d: %d deletions, and not %d", status, got, deletes)
		}
	}
}

// What a list does not tell must stay as it is.
func TestFlagsThatAreNotShownAreNotSent(t *testing.T) {
	t.Parallel()
	var sent string
	members := answering(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		sent = string(text)
		_, _ = io.WriteString(w, "{}")
	}).Project("p").Members()
	all := membersIn(t, (&memberServer{me: http.StatusOK}).project(t).Members())
	for i, want := range []string{
		`{"is_admin":true,"is_developer":true,"can_create_rooms":false,"can_use_llm_proxy":false,"can_create_agents":true}`,
		`{"is_admin":false,"is_developer":true,"can_create_rooms":false,"can_use_llm_proxy":false}`,
	} {
		spec := all[i].Written()
		spec.IsDeveloper = new(true)
		if _, _, err := members.Update(t.Context(), all[i], spec); err != nil || sent != want {
			t.Errorf("sent %s, and not %s: %v", sent, want, err)
		}
	}
}

// The list of members serves those who look for an address, too.
func TestListingMembersRefreshesAddresses(t *testing.T) {
	t.Parallel()
	server := &memberServer{me: http.StatusOK}
	project := server.project(t)
	begun := time.Now()
	membersIn(t, project.Members())
	if id, err := project.members.find(t.Context(), "a@EXAMPLE.com", begun); id != "u1" || err != nil {
		t.Errorf("found %q: %v", id, err)
	}
	if got := server.count("GET projects/p/users"); got != 1 {
		t.Errorf("%d lists, and not 1", got)
	}
}
