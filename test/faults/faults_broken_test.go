// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// The test of faults reports what goes wrong during a fault.
func TestTheFaultMatrixTells(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]struct {
		trouble  func(*ordeal) trouble
		sabotage func(*ordeal)
		want     string
	}{
		"another reason": {
			trouble: func(*ordeal) trouble {
				return trouble{fault: simulator.Fault{Status: http.StatusForbidden}, reason: "Rejected"}
			},
			want: "it does not come to Rejected",
		},
		"a second resource": {
			trouble: func(o *ordeal) trouble {
				twins := 0
				return trouble{reason: "Unavailable", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error {
					twins++
					o.MeshAgent.Add(o.made.Collection, map[string]any{"name": fmt.Sprint("another-", twins)})
					return os.ErrDeadlineExceeded
				}}}
			},
			want: "resources belong to one object",
		},
		"other words each time": {
			trouble: func(*ordeal) trouble {
				attempt := 0
				return trouble{reason: "Unavailable", fault: simulator.Fault{Drop: simulator.DropBefore, Err: func() error {
					attempt++
					return fmt.Errorf("attempt %d", attempt)
				}}}
			},
			want: "in other words",
		},
		"no trouble": {
			trouble:  func(*ordeal) trouble { return trouble{reason: copes} },
			sabotage: func(o *ordeal) { o.made.Paths = "^/nowhere$" },
			want:     "nothing was struck",
		},
		"another value": {
			trouble:  func(*ordeal) trouble { return trouble{reason: copes} },
			sabotage: func(o *ordeal) { o.changed += "." },
			want:     "and without trouble",
		},
		"an adoption": {
			trouble: func(*ordeal) trouble { return trouble{reason: copes} },
			sabotage: func(o *ordeal) {
				if _, err := o.MeshAgent.CreateForeign(o.made.Call, ownMark, true); err != nil {
					o.Fatal(err)
				}
			},
			want: "it is said to be adopted",
		},
		"a resource that stays": {
			trouble:  func(*ordeal) trouble { return trouble{reason: copes} },
			sabotage: func(o *ordeal) { o.answer(http.MethodDelete, "/", `{}`) },
			want:     "1 resources are left, not 0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				o := prepareOrdeal(t, sampleOf(t, "MeshFeed"))
				if broken.sabotage != nil {
					broken.sabotage(o)
				}
				mustTell(t, broken.want, func(f *wantedFailures) {
					o.TB = f
					o.survives(broken.trouble(o), everything)
				})
			})
		})
	}
}

// The test reports a table that differs from the page that users read.
func TestTheFaultTablesTell(t *testing.T) {
	t.Parallel()
	m := &faultMatrix{cells: map[cell][]string{}}
	page := filepath.Join("..", "..", "docs", "faults.md")
	mustTell(t, "and it is", func(f *wantedFailures) { m.compare(f, page, everything, false) })
	mustTell(t, "has no part between", func(f *wantedFailures) { m.compare(f, "matrix_test.go", everything, false) })
}
