// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// sampleOf is the first sample of a kind.
func sampleOf(t *testing.T, kind string) samples.Sample {
	t.Helper()
	for _, s := range samples.Ours() {
		if s.Kind == kind {
			return s
		}
	}
	t.Fatalf("there is no sample of %s", kind)
	return samples.Sample{}
}

// The test of kills reports what goes wrong at a kill.
func TestTheCrashMatrixTells(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]struct {
		kind     string
		behavior simulator.Behavior
		sabotage func(*life) // once the resource is known
		act      act
		want     string
	}{
		"a second resource": {
			kind: "MeshSecret", behavior: simulator.Behavior{DuplicateSecretNames: true}, act: act{name: "creation", do: (*life).create},
			sabotage: func(l *life) { l.answer(http.MethodGet, "$", `{"secrets": [], "total": 0}`) }, want: "resources belong to one object",
		},
		"a resource that stays": {
			kind: "MeshFeed", act: act{name: "deletion", exists: true, do: (*life).delete},
			sabotage: func(l *life) { l.answer(http.MethodDelete, "/", `{}`) }, want: "1 resources are left, not 0",
		},
		"a resource that goes": {
			kind: "MeshFeed", act: act{name: "orphaning", exists: true, do: (*life).orphan, meanwhile: (*life).lose, leaves: true},
			want: "0 resources are left, not 1",
		},
		"a document of others that changes": {
			kind: "MeshService", act: act{name: "change", exists: true, do: (*life).change, meanwhile: (*life).meddle},
			want: "is not the object's, and was changed",
		},
		"another end": {
			kind: "MeshRoom", act: act{name: "change", exists: true, do: (*life).change, meanwhile: func(l *life) {
				if l.lives++; l.lives > 1 {
					l.undo()
				}
			}},
			want: "and undisturbed to",
		},
		"writes at rest": {
			kind: "MeshRoom", act: act{name: "creation", do: (*life).create}, sabotage: (*life).disturbAlways,
			want: "and a look led to",
		},
		"no rest": {
			kind: "MeshRoute", act: act{name: "creation", do: (*life).create},
			sabotage: func(l *life) {
				l.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Status: http.StatusServiceUnavailable})
			},
			want: "does not come to rest",
		},
		"a moment that does not come": {
			kind: "MeshFeed", act: act{name: "change", exists: true, do: func(l *life) {
				if l.lives++; l.lives == 1 {
					l.change()
				}
			}},
			want: "never came",
		},
		"nothing at all": {
			kind: "MeshFeed", act: act{name: "nothing", do: func(l *life) { l.obj = object(l.sample) }},
			want: "nothing was sent",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := prepareLife(t, sampleOf(t, broken.kind), broken.behavior)
				if broken.sabotage != nil {
					broken.sabotage(l)
				}
				mustTell(t, broken.want, func(f *wantedFailures) {
					l.TB = f
					l.checkEveryMoment(broken.act)
				})
			})
		})
	}
}

// answer has something on the way answer requests for a part of the collection in MeshAgent's
// place.
func (l *life) answer(method, part, body string) {
	l.MeshAgent.Inject(simulator.Fault{
		Method: method, Path: regexp.QuoteMeta(l.made.Path) + part, Status: http.StatusOK, ContentType: "application/json", Body: body,
	})
}

// disturbAlways has another user change the resource after each time it was read.
func (l *life) disturbAlways() {
	l.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, After: func(*http.Request) {
		for where := range l.checkOthers() {
			l.MeshAgent.Disturb(where.Collection, where.ID, ownMark, l.made.Call)
		}
	}})
}

// lose removes the resource.
func (l *life) lose() {
	for where := range l.Held() {
		if _, known := l.before[where]; !known {
			l.MeshAgent.Remove(where.Collection, where.ID)
		}
	}
}

// meddle changes something that is not the object's.
func (l *life) meddle() {
	for where := range l.before {
		if where.Collection == "rooms" {
			l.MeshAgent.Edit(where.Collection, where.ID, func(doc map[string]any) { doc["metadata"] = map[string]any{"other": "value"} })
		}
	}
}

// The test reports a kind that is struck less often than its verbs demand, and an act that strikes
// nothing.
func TestCountsTell(t *testing.T) {
	t.Parallel()
	d := &demand{tally: tally{cells: map[string]int{}}, least: map[string]int{}}
	mustTell(t, "nothing was demanded", func(f *wantedFailures) { d.check(f) })
	d.atLeast("MeshRoom", "before PUT", 2)
	d.strike("MeshRoom: before PUT")
	d.strike("MeshRoom: after PUT")
	mustTell(t, "MeshRoom: before PUT: struck 1 times, and its verbs demand 2", func(f *wantedFailures) { d.check(f) })
	c := &tally{cells: map[string]int{}}
	mustTell(t, "nothing was struck", func(f *wantedFailures) { c.report(f, nil) })
	c.strike("MeshRoom")
	mustTell(t, "no cell of MeshFeed was struck", func(f *wantedFailures) { c.report(f, []string{"MeshFeed", "MeshRoom"}) })
}
