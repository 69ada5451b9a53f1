// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// sends says whether a pass over an object sends anything, after a while in which a probe may have
// been sent.
func (s *stage) sends(obj v1alpha1.Object) bool {
	s.Helper()
	s.meshagent.ResetCalls()
	_, _ = s.pass(obj)
	calls := s.meshagent.Calls()
	return len(calls) > 0
}

// outages are the ways in which an endpoint does not answer, and after how many requests the
// circuit is open.
var outages = map[string]struct {
	fault simulator.Fault
	after int
}{
	"it swallows requests":            {simulator.Fault{Delay: time.Hour}, 1},
	"it swallows half of its answers": {simulator.Fault{Drop: simulator.StallWithin}, 1},
	"it breaks connections":           {simulator.Fault{Drop: simulator.DropBefore}, 3},
	"a gateway says 502":              {simulator.Fault{Status: http.StatusBadGateway}, 3},
	"a gateway says 503":              {simulator.Fault{Status: http.StatusServiceUnavailable}, 3},
	"a gateway says 504":              {simulator.Fault{Status: http.StatusGatewayTimeout}, 3},
}

// While an endpoint does not answer, no one sends anything but one probe at a time. Anyone who
// changes or deletes something learns, and it is done when the endpoint answers.
func TestACircuit(t *testing.T) {
	t.Parallel()
	for name, outage := range outages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room, feed, late := newRoom(), newFeed(), newRoom()
				late.Name, late.UID = "late", "late-uid"
				s := newStage(t, simulator.Behavior{}, room, feed, late)
				_, _ = s.pass(room)
				_, _ = s.pass(feed)
				restore := s.meshagent.Inject(outage.fault)
				s.edit(room, func() { room.Spec.Metadata = team("second") })
				for n := range outage.after {
					if !s.sends(room) {
						t.Fatalf("nothing was sent after %d requests without an answer", n)
					}
				}
				said := s.synced(room)
				for _, obj := range []v1alpha1.Object{room, feed, late} {
					if obj == feed {
						s.delete(feed)
					}
					s.mustRest(obj)
				}
				s.mustSay(late, "Ready=False Unavailable")
				s.mustSay(feed, "Ready=False Deleting")
				if got := s.synced(late); !strings.Contains(said, strings.TrimPrefix(got, "MeshAgent is unreachable: ")) {
					t.Errorf("one says %q, and another %q", said, got)
				}

				// Probes, one at a time, come ever more rarely.
				s.meshagent.ResetCalls()
				const long = 10 * time.Minute
				for begun := time.Now(); time.Since(begun) < long; {
					result, _ := s.pass(late)
					_, _ = s.pass(room)
					time.Sleep(result.RequeueAfter) //nolint:forbidigo // synctest makes it pass at once
				}
				synctest.Wait()
				for _, call := range s.meshagent.Calls() {
					if call.Method != http.MethodGet || strings.Count(call.Path, "/") != 3 {
						t.Errorf("not a probe: %s %s", call.Method, call.Path)
					}
				}
				if sent := len(s.meshagent.Calls()); sent < 8 || sent > 20 {
					t.Errorf("%d probes in %s", sent, long)
				}

				restore()
				for range 3 {
					for _, obj := range []v1alpha1.Object{room, late} {
						_, _ = s.pass(obj)
					}
					time.Sleep(90 * time.Second) //nolint:forbidigo // as above
				}
				_, _ = s.pass(feed)
				s.mustSay(room, "Synced=True InSync")
				s.mustSay(late, "Ready=True Available")
				if !s.gone(feed) {
					t.Error("the feed is still there")
				}
			})
		})
	}
}

// mustRest makes passes that are to send nothing, to come back by themselves, and to write status
// once.
func (s *stage) mustRest(obj v1alpha1.Object) {
	s.Helper()
	writes := 0
	s.status = func(client.Object) error { writes++; return nil }
	defer func() { s.status = nil }()
	for range 3 {
		s.meshagent.ResetCalls()
		result, err := s.pass(obj)
		if sent := s.meshagent.Calls(); len(sent) > 0 || err != nil || result.RequeueAfter <= 0 {
			s.Errorf("%T: sent %v, result %v, %v", obj, sent, result, err)
		}
	}
	if writes > 1 {
		s.Errorf("%T: status was written %d times", obj, writes)
	}
}

func (s *stage) synced(obj v1alpha1.Object) string {
	condition := meta.FindStatusCondition(obj.CommonStatus().Conditions, v1alpha1.ConditionSynced)
	if condition == nil {
		return ""
	}
	return condition.Message
}

// What MeshAgent refuses is an answer.
func TestRefusalsLeaveTheCircuitClosed(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 409, 423, 500} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				s := newStage(t, simulator.Behavior{}, room)
				s.meshagent.Inject(simulator.Fault{Status: status})
				for n := range 10 {
					if !s.sends(room) {
						t.Fatalf("nothing was sent after %d answers", n)
					}
					time.Sleep(5 * time.Second) //nolint:forbidigo // the clock is a fake one: longer than the refusal of a list is shared
				}
			})
		})
	}
}
