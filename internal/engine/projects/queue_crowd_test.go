// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/controller/priorityqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Whatever is added while workers are busy has its pass, alone, and no tenant ever holds all
// workers.
func TestNothingIsLostInTheCrowd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const workers, tenants, objects, adds = 5, 4, 10, 3000
		random := rand.New(rand.NewPCG(1, 2))
		q := newTestQueue(t, workers)
		var mu sync.Mutex
		asked, served, busy, held := map[reconcile.Request]int{}, map[reconcile.Request]int{}, map[reconcile.Request]bool{}, map[string]int{}
		for range workers {
			go func() {
				for {
					got, _, closed := q.GetWithPriority()
					if closed {
						return
					}
					mu.Lock()
					held[got.Namespace]++
					if busy[got] || held[got.Namespace] > (workers+1)/2 {
						t.Errorf("%s: in two passes: %t, passes of its tenant: %d", got, busy[got], held[got.Namespace])
					}
					busy[got], served[got] = true, asked[got]
					work := time.Duration(random.IntN(50)) * time.Millisecond
					mu.Unlock()
					time.Sleep(work) //nolint:forbidigo // synctest makes it pass at once
					mu.Lock()
					busy[got] = false
					held[got.Namespace]--
					mu.Unlock()
					q.Done(got)
				}
			}()
		}
		for range adds {
			mu.Lock()
			one := request(fmt.Sprintf("%d/%d", random.IntN(tenants), random.IntN(objects)))
			asked[one]++
			opts := priorityqueue.AddOpts{Priority: new(-random.IntN(3)), After: time.Duration(random.IntN(3)) * 10 * time.Millisecond}
			gap := time.Duration(random.IntN(4)) * time.Millisecond
			mu.Unlock()
			q.AddWithOpts(opts, one)
			time.Sleep(gap) //nolint:forbidigo // as above
		}
		time.Sleep(time.Hour) //nolint:forbidigo // as above
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		for one, n := range asked {
			if served[one] != n {
				t.Errorf("%s was asked for %d times, and its last pass began after %d", one, n, served[one])
			}
		}
		if len(q.waiting) != 0 || len(q.tenants) != 0 {
			t.Errorf("left: %v, %v", q.waiting, q.tenants)
		}
	})
}
