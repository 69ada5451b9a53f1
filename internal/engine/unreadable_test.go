// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// tooLarge is a page of far more rows than were asked for.
func tooLarge(member, row string) simulator.Fault {
	rows := strings.TrimSuffix(strings.Repeat(row+",", 1000), ",")
	return simulator.Fault{
		Method: http.MethodGet, Path: "/" + member + "$", Status: http.StatusOK, ContentType: "application/json",
		Body: fmt.Sprintf(`{%q: [%s], "total": 1000}`, member, rows),
	}
}

// What exists is read one by one, each interval. Nothing is created, and nothing is taken for lost.
func TestAListThatCannotBeReadFallsBackToReads(t *testing.T) {
	t.Parallel()
	for collection, test := range map[string]struct {
		obj, other v1alpha1.Object
		fault      simulator.Fault
		reason     string
	}{
		"feeds":   {newFeed(), &v1alpha1.MeshFeed{ObjectMeta: named("other"), Spec: v1alpha1.MeshFeedSpec{Visibility: "project"}}, tooLarge("feeds", `{"id":"x"}`), "AnswerTooLarge"},
		"rooms":   {newRoom(), nil, tooLarge("rooms", `{"id":"x","name":"x"}`), "AnswerTooLarge"},
		"secrets": {newMeshSecret(), nil, simulator.Fault{Method: http.MethodGet, Path: "/secrets$", Status: http.StatusForbidden}, "Forbidden"},
		"services": {
			&v1alpha1.MeshService{ObjectMeta: named("web"), Spec: v1alpha1.MeshServiceSpec{External: &v1alpha1.ExternalSpec{URL: "https://x.example.com"}}}, nil,
			simulator.Fault{Method: http.MethodGet, Path: "/services$", Status: http.StatusForbidden},
			"Forbidden",
		},
	} {
		t.Run(collection, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				objects := []client.Object{test.obj, secret("values", "v")}
				if test.other != nil {
					objects = append(objects, test.other)
				}
				s := newStage(t, simulator.Behavior{}, objects...)
				_, _ = s.pass(test.obj)
				s.mustHold(collection, 1)
				restore := s.meshagent.Inject(test.fault)
				for range 3 {
					time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
					s.meshagent.ResetCalls()
					result, err := s.pass(test.obj)
					s.mustSay(test.obj, "Synced=True InSync")
					if err != nil || result.RequeueAfter < interval*8/10 || result.Priority == nil || *result.Priority >= 0 {
						t.Errorf("%+v, %v: not in the drift lane", result, err)
					}
					if calls := s.meshagent.Calls(); len(calls) > 2 {
						t.Errorf("%d requests", len(calls))
					}
				}
				// Gone, or not: the list cannot tell.
				proxy := s.meshagent.Inject(noWay)
				time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
				_, _ = s.pass(test.obj)
				s.mustSay(test.obj, "Ready=True Available")
				proxy()
				s.mustHold(collection, 1)
				if test.other != nil {
					_, _ = s.pass(test.other)
					s.mustSay(test.other, "Synced=False "+test.reason)
					s.mustHold(collection, 1)
				}
				restore()
				time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
				if test.other != nil {
					_, _ = s.pass(test.other)
					s.mustHold(collection, 2)
				}
				_, _ = s.pass(test.obj)
				s.mustSay(test.obj, "Synced=True InSync")
			})
		})
	}
}

func TestAMeshProjectTellsWhichListsAreTooLarge(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		feed := newFeed()
		s := newStage(t, simulator.Behavior{}, feed)
		project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
		check := func() *metav1.Condition {
			t.Helper()
			s.checkProject(project)
			return meta.FindStatusCondition(project.Status.Conditions, v1alpha1.ConditionListsReadable)
		}
		_, _ = s.pass(feed)
		if told := check(); told != nil {
			t.Errorf("all is well, and it says %+v", told)
		}
		restore := s.meshagent.Inject(tooLarge("feeds", `{"id":"x"}`))
		time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(feed)
		select {
		case name := <-s.env.Projects.RequestedChecks():
			if name != client.ObjectKeyFromObject(project) {
				t.Errorf("a check of %s", name)
			}
		default:
			t.Error("the MeshProject is not checked")
		}
		if told := check(); told == nil || told.Status != metav1.ConditionFalse || told.Reason != v1alpha1.ReasonAnswerTooLarge || !strings.Contains(told.Message, "feeds") {
			t.Errorf("got %+v", told)
		}
		if !meta.IsStatusConditionTrue(project.Status.Conditions, v1alpha1.ConditionReady) {
			t.Error("it is not Ready")
		}
		time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(feed)
		if len(s.env.Projects.RequestedChecks()) > 0 {
			t.Error("it is checked again for what is known")
		}
		restore()
		time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(feed)
		if told := check(); told != nil {
			t.Errorf("all is well again, and it says %+v", told)
		}
	})
}

func newEmailGrant() *v1alpha1.MeshRoomGrant {
	made := &v1alpha1.MeshRoomGrant{ObjectMeta: named("ops")}
	made.Spec.RoomRef.Name = "support"
	made.Spec.Email = "new@example.com"
	made.Spec.Permissions = &v1alpha1.APIScope{LLM: &v1alpha1.LLMGrant{Models: v1alpha1.AllowList{v1alpha1.All}}}
	return made
}

// The address was invited before, with other permissions, by someone in MeshAgent.
func TestAnInvitationOfSomebodyElseIsNotOurs(t *testing.T) {
	t.Parallel()
	for name, joins := range map[string]bool{"who joins": true, "who does not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room, grant := newRoom(), newEmailGrant()
				s := newStage(t, simulator.Behavior{}, room, grant)
				_, _ = s.pass(room)
				restore := s.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/room-grants$", Status: http.StatusConflict})
				for range 3 {
					_, _ = s.pass(grant)
					s.mustSay(grant, "Ready=False NotReady")
					if !grant.Status.IsAdopted() {
						t.Fatal("it is taken for ours")
					}
					time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
				}
				restore()
				s.meshagent.ResetCalls()
				if joins {
					user := s.meshagent.Add("users", map[string]any{"email": "new@example.com"})
					s.meshagent.Add("room-grants", map[string]any{"room_id": room.Status.ID, "user_id": user, "permissions": map[string]any{"queues": map[string]any{}}})
					time.Sleep(interval + time.Minute) //nolint:forbidigo // the clock is a fake one
					_, _ = s.pass(grant)
					s.mustSay(grant, "Synced=False AlreadyExists")
					s.edit(grant, func() { grant.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
					_, _ = s.pass(grant)
					s.mustSay(grant, "Synced=True InSync")
				}
				s.delete(grant)
				_, _ = s.pass(grant)
				if !s.gone(grant) {
					t.Fatal("the object is not gone")
				}
				for _, call := range s.meshagent.Calls() {
					if call.Method == http.MethodDelete || call.Method == http.MethodPost {
						t.Errorf("%s %s", call.Method, call.Path)
					}
				}
			})
		})
	}
}

// Each creation that ends without an answer may have been carried out. One list tells for all of
// them.
func TestCreationsThatFailShareAList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var objects []client.Object
		var feeds []*v1alpha1.MeshFeed
		for i := range 20 {
			feed := newFeed()
			feed.ObjectMeta = named(fmt.Sprintf("feed-%02d", i))
			feeds, objects = append(feeds, feed), append(objects, feed)
		}
		s := newStage(t, simulator.Behavior{}, objects...)
		restore := s.meshagent.Inject(simulator.Fault{Method: http.MethodPost, Status: http.StatusServiceUnavailable})
		for round := range 4 {
			s.meshagent.ResetCalls()
			if round == 3 {
				restore()
				time.Sleep(time.Minute) //nolint:forbidigo // the clock is a fake one: the endpoint is probed first
				_, _ = s.pass(feeds[0])
				time.Sleep(time.Minute) //nolint:forbidigo // the clock is a fake one
				s.meshagent.ResetCalls()
			}
			for _, feed := range feeds {
				_, _ = s.pass(feed)
			}
			lists := 0
			for _, call := range s.meshagent.Calls() {
				if call.Method == http.MethodGet {
					lists++
				}
			}
			if lists > 1 {
				t.Errorf("round %d: %d lists", round, lists)
			}
			time.Sleep(10 * time.Second) //nolint:forbidigo // the clock is a fake one
		}
		s.mustHold("feeds", len(feeds))
	})
}
