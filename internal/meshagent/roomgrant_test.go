// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestGrantKeys(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]grantKey{
		"r/u":                {resource: "r", subject: "u"},
		"r//ops@example.com": {resource: "r", email: "ops@example.com"},
		"a%2Fb/c%2Fd":        {resource: "a/b", subject: "c/d"},
		"r%25/auth0%7C1":     {resource: "r%", subject: "auth0|1"},
		"r//a%2Fb@x":         {resource: "r", email: "a/b@x"},
	} {
		if got := key.String(); got != text {
			t.Errorf("%+v is written as %q, not %q", key, got, text)
		}
		if got := parseGrantKey(text); got != key {
			t.Errorf("%q is read as %+v", text, got)
		}
	}
}

// grantServer is a project with members and grants. It records the requests.
type grantServer struct {
	members, grants string // rows of the lists
	status          int    // of POST
	mu              sync.Mutex
	calls           []string
}

func (s *grantServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/accounts/projects/p/")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, strings.TrimSpace(r.Method+" "+path+" "+string(body)))
	switch {
	case path == "users":
		fmt.Fprintf(w, `{"users": [%s], "total": %d}`, s.members, strings.Count(s.members, `"id"`))
	case r.Method == http.MethodPost && s.status != 0:
		w.WriteHeader(s.status)
	case path == "room-grants" && r.Method == http.MethodGet && r.URL.Query().Get("offset") != "0":
		fmt.Fprint(w, `{"room_grants": []}`)
	case path == "room-grants" && r.Method == http.MethodGet:
		fmt.Fprintf(w, `{"room_grants": [%s]}`, s.grants)
	case r.Method == http.MethodGet:
		fmt.Fprint(w, s.grants)
	}
}

const opsGrant = `{"room": {"id": "r", "name": "support"}, "user_id": "u1", "permissions": {"llm": {}}}`

func (s *grantServer) project(t *testing.T) *Project {
	t.Helper()
	return answering(t, s.ServeHTTP).Project("p")
}

func TestRoomGrantByUser(t *testing.T) {
	t.Parallel()
	server := &grantServer{grants: opsGrant}
	grants := server.project(t).RoomGrants()
	spec := RoomGrantSpec{RoomID: "r", UserID: "u1", Permissions: &APIScope{LLM: &LLMGrant{}}, InviteRedirectURL: "https://x"}
	created, _, err := grants.Create(t.Context(), spec)
	if err != nil || created.Identity() != "r/u1" || created.Written().Key() != "r/u1" {
		t.Errorf("created: %+v, %v", created, err)
	}
	read, err := grants.Get(t.Context(), Ref{Key: "r/u1"})
	if err != nil || read.Identity() != "r/u1" || read.Spec.Permissions.LLM == nil {
		t.Errorf("read: %+v, %v", read, err)
	}
	if _, _, err := grants.Update(t.Context(), read, spec); err != nil {
		t.Error(err)
	}
	for _, other := range []RoomGrantSpec{{RoomID: "s", UserID: "u1"}, {RoomID: "r", UserID: "u2"}} {
		if _, _, err := grants.Update(t.Context(), read, other); status(err) != http.StatusUnprocessableEntity {
			t.Errorf("the grant can be moved: %v", err)
		}
	}
	for _, id := range []string{"", "r", "nonsense/", "/u"} {
		if _, err := grants.Get(t.Context(), Ref{ID: id}); !IsNotFound(err) {
			t.Errorf("a grant with the id %q: %v", id, err)
		}
	}
	if err := grants.Delete(t.Context(), "r/auth0%7Cu1"); err != nil {
		t.Error(err)
	}
	scope := `"permissions":` + canonicalScope(t, `{"llm": {}}`)
	want := []string{
		`POST room-grants {"room_id":"r","user_id":"u1",` + scope + `,"invite_redirect_url":"https://x"}`,
		`GET room-grants/r/u1`,
		`PUT room-grants/unused {"room_id":"r","user_id":"u1",` + scope + `}`,
		`DELETE room-grants/r/auth0%7Cu1`,
	}
	if diff := cmp.Diff(want, server.calls); diff != "" {
		t.Error(diff)
	}
}

func TestRoomGrantByEmailOfAMember(t *testing.T) {
	t.Parallel()
	server := &grantServer{members: `{"id": "u1", "email": "Ops@Example.com"}, {"id": "u2"}`, grants: opsGrant}
	grants := server.project(t).RoomGrantsByEmail()
	spec := RoomGrantSpec{RoomID: "r", Email: "ops@example.com", Permissions: &APIScope{LLM: &LLMGrant{}}}
	created, _, err := grants.Create(t.Context(), spec)
	if err != nil || created.Holder != "u1" || created.Identity() != "r/u1" || created.Written().Key() != spec.Key() {
		t.Errorf("created: %+v, %v", created, err)
	}
	for name, ref := range map[string]Ref{"by key": {Key: spec.Key()}, "by id": {ID: "r/u1", Key: spec.Key()}, "invited before": {ID: spec.Key(), Key: spec.Key()}} {
		read, err := grants.Get(t.Context(), ref)
		if err != nil || read.Pending() {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(spec, read.Written()); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	for row, err := range grants.All(t.Context()) {
		if err != nil || row.Identity() != "r/u1" || row.Written().Key() != "r//ops@example.com" {
			t.Errorf("a row: %+v, %v", row, err)
		}
	}
	if err := grants.Delete(t.Context(), "r/u1"); err != nil {
		t.Error(err)
	}
	if lists := slices.DeleteFunc(slices.Clone(server.calls), func(call string) bool { return call != "GET users" }); len(lists) != 1 {
		t.Errorf("members were listed more than once: %q", server.calls)
	}
	if !slices.ContainsFunc(server.calls, func(call string) bool {
		return strings.HasPrefix(call, `POST room-grants {"room_id":"r","user_id":"u1",`)
	}) {
		t.Errorf("the member is not named by id: %q", server.calls)
	}
}

func TestRoomGrantByEmailOfAStranger(t *testing.T) {
	t.Parallel()
	for name, server := range map[string]*grantServer{"invited": {}, "invited already": {status: http.StatusConflict}} {
		grants := server.project(t).RoomGrantsByEmail()
		spec := RoomGrantSpec{RoomID: "r", Email: "ops@example.com", Permissions: &APIScope{}}
		created, _, err := grants.Create(t.Context(), spec)
		if IsConflict(err) != (server.status == http.StatusConflict) || !created.Pending() || created.Identity() != "r//ops@example.com" {
			t.Errorf("%s: %+v, %v", name, created, err)
		}
		if read, err := grants.Get(t.Context(), Ref{ID: created.Identity(), Key: spec.Key()}); err != nil || !read.Pending() {
			t.Errorf("%s: while it is pending: %+v, %v", name, read, err)
		}
		if _, err := grants.Get(t.Context(), Ref{Key: spec.Key()}); !IsNotFound(err) {
			t.Errorf("%s: what is not known to be pending: %v", name, err)
		}
		server.members = `{"id": "u1", "email": "ops@example.com"}`
		if err := grants.Delete(t.Context(), created.Identity()); err != nil {
			t.Error(err)
		}
		want := []string{
			`GET users`, `POST room-grants {"room_id":"r","email":"ops@example.com","permissions":` + canonicalScope(t, `{}`) + `}`,
			`GET users`, // the user may have joined just now
			`DELETE room-grants/r/u1`,
		}
		if server.status != 0 {
			want = slices.Insert(want, 2, `GET users`) // the grant may be a member's now
		}
		if diff := cmp.Diff(want, server.calls); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func memberLists(server *grantServer) int {
	return len(slices.DeleteFunc(slices.Clone(server.calls), func(call string) bool { return call != "GET users" }))
}

func TestManyInvitationsShareAListOfMembers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &grantServer{}
		grants := server.project(t).RoomGrantsByEmail()
		invite := func(count int) (made []RoomGrant) {
			for i := range count {
				<-time.After(time.Millisecond)
				spec := RoomGrantSpec{RoomID: "r", Email: fmt.Sprintf("user-%d@example.com", i), Permissions: &APIScope{}}
				grant, _, err := grants.Create(t.Context(), spec)
				if err != nil {
					t.Fatal(err)
				}
				if read, err := grants.Get(t.Context(), Ref{ID: grant.Identity(), Key: spec.Key()}); err != nil || !read.Pending() {
					t.Fatalf("%+v, %v", read, err)
				}
				made = append(made, grant)
			}
			return made
		}
		made := invite(20)
		if lists := memberLists(server); lists != 1 {
			t.Errorf("20 invitations cost %d lists of members", lists)
		}

		// An invited user can be a member at once, although the client otherwise uses a list for a
		// minute.
		server.members, server.grants = `{"id": "u1", "email": "user-0@example.com"}`, opsGrant
		<-time.After(justNow)
		for range 2 {
			if read, err := grants.Get(t.Context(), Ref{ID: made[0].Identity(), Key: made[0].Spec.Key()}); err != nil || read.Holder != "u1" {
				t.Errorf("%+v, %v", read, err)
			}
		}
		<-time.After(time.Minute / 2)
		if _, err := grants.Get(t.Context(), Ref{ID: made[0].Identity(), Key: made[0].Spec.Key()}); err != nil {
			t.Error(err)
		}
		if lists := memberLists(server); lists != 2 {
			t.Errorf("lists of members: %d", lists)
		}
	})
}

func TestAnAddressNamesOneMember(t *testing.T) {
	t.Parallel()
	spec := RoomGrantSpec{RoomID: "r", Email: "ops@example.com", Permissions: &APIScope{}}
	server := &grantServer{members: `{"id": "u1", "email": "ops@example.com"}, {"id": "u2", "email": "OPS@example.com"}`}
	_, _, err := server.project(t).RoomGrantsByEmail().Create(t.Context(), spec)
	if refusal, ok := errors.AsType[*Error](err); !ok || refusal.Status != http.StatusUnprocessableEntity || !strings.Contains(refusal.Message, "several members") {
		t.Errorf("two members with the address: %v", err)
	}
	// For Unicode, the long s and the Kelvin sign are forms of s and k. For mail servers, they are
	// part of another address.
	server = &grantServer{members: `{"id": "u1", "email": "op\u017f@example.com"}`}
	created, _, err := server.project(t).RoomGrantsByEmail().Create(t.Context(), spec)
	if err != nil || !created.Pending() {
		t.Errorf("a user with a similar address got the grant: %+v, %v", created, err)
	}
}

// While the list of members fails, one request fails for all callers.
func TestAListOfMembersThatFailsFailsOnceForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lists := atomic.Int32{}
		grants := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			lists.Add(1)
			<-time.After(20 * time.Second)
			w.WriteHeader(http.StatusServiceUnavailable)
		}).Project("p").RoomGrantsByEmail()
		begun := time.Now()
		var waiting sync.WaitGroup
		for i := range 16 {
			waiting.Go(func() {
				_, _, err := grants.Create(t.Context(), RoomGrantSpec{RoomID: "r", Email: fmt.Sprintf("user-%d@example.com", i)})
				if status(err) != http.StatusServiceUnavailable {
					t.Errorf("got %v", err)
				}
			})
		}
		waiting.Wait()
		if took := time.Since(begun); lists.Load() != 1 || took > 21*time.Second {
			t.Errorf("%d lists in %s", lists.Load(), took)
		}
	})
}
