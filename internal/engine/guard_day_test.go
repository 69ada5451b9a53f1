// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Whatever fails and whenever the process dies, no 60 minutes see more deletions than permitted,
// and all of them are made in the end, without many looks in vain.
func TestDeletionGuardOverADay(t *testing.T) {
	t.Parallel()
	const most, count = 4, 24
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				s, rooms := guarded(t, most, count)
				s.status = func(obj client.Object) error {
					if _, ok := obj.(*v1alpha1.MeshProject); ok && random.IntN(8) == 0 {
						return errKilled
					}
					return nil
				}
				due := make([]time.Time, count)
				for i, room := range rooms {
					s.delete(room)
					due[i] = time.Now().Add(time.Duration(random.IntN(120)) * time.Minute)
				}
				passes, began := 0, time.Now()
				for left := count; left > 0; {
					next := 0
					for i := range rooms {
						if due[next].IsZero() || !due[i].IsZero() && due[i].Before(due[next]) {
							next = i
						}
					}
					pause(time.Until(due[next]))
					restore := func() {}
					if random.IntN(10) == 0 {
						restore = s.meshagent.Inject(simulator.Fault{Method: http.MethodDelete, Status: http.StatusInternalServerError})
					}
					passes++
					result, err := s.pass(rooms[next])
					restore()
					if due[next] = time.Now().Add(max(result.RequeueAfter, time.Second)); err != nil {
						due[next] = time.Now().Add(time.Duration(random.IntN(300)) * time.Second)
					}
					if s.gone(rooms[next]) {
						due[next], left = time.Time{}, left-1
					}
					if random.IntN(20) == 0 {
						s.restart()
						for i := range due { // a new process looks at all objects
							if !due[i].IsZero() {
								due[i] = time.Now()
							}
						}
					}
				}
				times := s.deleted()
				for i := most; i < len(times); i++ {
					if apart := times[i].Sub(times[i-most]); apart <= time.Hour {
						t.Errorf("%d deletions within %s", most+1, apart)
					}
				}
				t.Logf("%d passes, %s", passes, time.Since(began))
				if took := time.Since(began); len(times) != count || took > 24*time.Hour {
					t.Errorf("%d deletions in %s", len(times), took)
				}
			})
		})
	}
}
