// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

const invitee = "new@example.com"

// invitations are the samples that name a user by an e-mail address, as patches that name one who
// is not a member yet.
func invitations() (found []samples.Sample) {
	for _, s := range samples.Mirrored() {
		if s.Mentions("email") {
			found = append(found, s)
		}
	}
	return found
}

// invite is a stage on which the object would invite a user, whom no one can invite twice.
func invite(t *testing.T, s samples.Sample) *unfinished {
	t.Helper()
	h := newCluster(t, simulator.Behavior{OneInvitation: true})
	h.ApplyNeeds(s, nil)
	u := h.prepare(s, fmt.Sprintf(`{"spec": {"email": %q}}`, invitee))
	if u.post.Collection != "invitations" {
		t.Fatalf("no one was invited: %v", u.post.Foreign)
	}
	return u
}

// accept has the invited person join, and finds what they were granted.
func (u *unfinished) accept() simulator.Foreign {
	u.Helper()
	before := u.Held()
	if !u.MeshAgent.Accept(invitee) {
		u.Fatal("no one was invited")
	}
	for where := range u.Held() {
		if _, known := before[where]; !known && where.Collection != "users" {
			return where
		}
	}
	u.Fatal("nothing was granted")
	return simulator.Foreign{}
}

// An invitation fails, and then another user invites the same address to the same room. What that
// person is granted is not the object's, unless no one can tell the two apart.
func TestForeignInvitationsAreRespected(t *testing.T) {
	t.Parallel()
	cells := newTally(t, samples.Kinds(invitations()))
	for _, s := range invitations() {
		for _, identical := range []bool{false, true} {
			for _, act := range []string{"delete", "retry"} {
				t.Run(fmt.Sprintf("%s/%s, identical %t", s, act, identical), func(t *testing.T) {
					t.Parallel()
					synctest.Test(t, func(t *testing.T) {
						u := invite(t, s)
						for _, f := range failures {
							if f.carriedOut || identical && !f.refused {
								continue
							}
							u.fail(f)
							if _, err := u.MeshAgent.CreateForeign(u.post.Call, memory.OwnMark, identical); err != nil {
								t.Fatal(err)
							}
							if act == "retry" {
								u.Run(memory.DriftInterval)
							} else {
								u.CheckDeletion(u.obj)
							}
							if theirs := u.accept(); !u.respectsGrant(act, identical, theirs) {
								t.Errorf("^ this was after %s", f.name)
							}
							cells.strike(s.Kind)
							if !u.end() {
								t.Error("what the object needs was changed: the rest of the failures is left out")
								break
							}
						}
					})
				})
			}
		}
	}
}

// respectsGrant checks that a grant which another user promised stays as it is.
func (u *unfinished) respectsGrant(act string, identical bool, theirs simulator.Foreign) bool {
	u.Helper()
	untouched, ok := u.Held(), true
	u.Run(2 * memory.DriftInterval)
	if act == "retry" {
		want := "Stalled=True AlreadyExists"
		if identical {
			want = "Stalled is not there"
		}
		if got := u.Condition(u.obj, v1alpha1.ConditionStalled); got != want {
			u.Errorf("it says %s:%s", got, u.Describe(u.obj))
			ok = false
		}
		if identical && !u.obj.CommonStatus().IsAdopted() {
			u.Error("it is not said to be adopted")
			ok = false
		}
		u.CheckDeletion(u.obj)
	}
	if got := u.Held()[theirs]; got != untouched[theirs] {
		u.Errorf("%s became %q", untouched[theirs], got)
		ok = false
	}
	return ok
}

// An invitation was sent, and only the answer is lost. What the person is granted is the object's.
func TestAnInvitationOfOursIsOurs(t *testing.T) {
	t.Parallel()
	cells := newTally(t, samples.Kinds(invitations()))
	for _, s := range invitations() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				u := invite(t, s)
				for _, f := range failures {
					if !f.carriedOut {
						continue
					}
					u.fail(f)
					u.Run(memory.DriftInterval)
					theirs := u.accept()
					u.Run(2 * memory.DriftInterval)
					if u.CheckReady(u.obj) && u.obj.CommonStatus().IsAdopted() {
						t.Errorf("after %s: it is said to be adopted", f.name)
					}
					u.CheckDeletion(u.obj)
					if left, there := u.Held()[theirs]; there {
						t.Errorf("after %s: it is left: %s", f.name, left)
					}
					cells.strike(s.Kind)
					if !u.end() {
						t.Fatal("what the object needs was changed")
					}
				}
			})
		})
	}
}
