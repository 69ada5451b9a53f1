// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The phases that scenarios have in common.

// asked counts the requests that MeshAgent was asked since its record was last emptied, by method.
func (w *world) asked() map[string]float64 {
	byMethod := map[string]float64{}
	for _, call := range w.meshagent.Calls() {
		byMethod[call.Method]++
	}
	return byMethod
}

// pageSize is how many rooms MeshAgent lists at once, at most.
const pageSize = 500

// pages counts the pages of the lists of rooms.
func (w *world) pages() (count float64) {
	for _, call := range w.meshagent.Calls() {
		if call.Method == http.MethodGet && strings.HasSuffix(call.Path, "/rooms") {
			count++
		}
	}
	return count
}

// since is what the manager has used and done since an earlier reading.
func (r reading) since(earlier reading) reading {
	kubernetes := map[string]float64{}
	for method, count := range r.kubernetes {
		kubernetes[method] = count - earlier.kubernetes[method]
	}
	r.kubernetes, r.cpu, r.passes = kubernetes, r.cpu-earlier.cpu, r.passes-earlier.passes
	return r
}

// writes counts the requests that change something. Events are counted as well, because they are
// posted.
func writes(requests map[string]float64) float64 {
	return requests[http.MethodPut] + requests[http.MethodPatch] + requests[http.MethodDelete]
}

// perObject notes requests by method.
func (f *findings) perObject(what string, requests map[string]float64, n int) map[string]*figure {
	noted := map[string]*figure{}
	for _, method := range slices.Sorted(maps.Keys(requests)) {
		noted[method] = f.add(fmt.Sprintf("%s %s per object", what, method), requests[method]/float64(n), "")
	}
	return noted
}

// idle starts a manager without objects, and reads its memory.
func (w *world) idle(ctx context.Context, out *findings) (*manager, reading, error) {
	if err := w.project(ctx, plenty); err != nil {
		return nil, reading{}, err
	}
	m, err := w.start(ctx, time.Hour)
	if err != nil {
		return nil, reading{}, err
	}
	const settled = 5 * time.Second
	if err := pause(ctx, settled); err != nil {
		return nil, reading{}, err
	}
	read, err := m.read(ctx)
	out.add("memory, idle", read.resident, "MiB")
	return m, read, err
}

// creation creates objects, and measures the time and the requests until all of them are Ready.
func (w *world) creation(ctx context.Context, m *manager, out *findings, floor time.Duration, n int, each func(i int) []client.Object) error {
	before, err := m.read(ctx)
	if err != nil {
		return err
	}
	othersBefore, err := w.others()
	if err != nil {
		return err
	}
	w.meshagent.ResetCalls()
	begun := time.Now()
	declared, err := w.declare(ctx, n, each)
	if err != nil {
		return err
	}
	if err := w.awaitReady(ctx); err != nil {
		return err
	}
	all := time.Since(begun)
	if err := pause(ctx, time.Second); err != nil { // events are sent asynchronously
		return err
	}
	after, err := m.read(ctx)
	if err != nil {
		return err
	}
	others, err := w.others()
	if err != nil {
		return err
	}
	took, objects := w.tookUntilReady(), 0
	const most = 5 // times the floor
	out.seconds("creation without an operator (the floor)", floor)
	out.seconds("creation with the operator running", declared)
	out.seconds("creation until all are Ready", all).atMost(most * floor.Seconds())
	for _, kind := range slices.Sorted(maps.Keys(took)) {
		out.spread(kind+" from creation to Ready", took[kind])
		objects += len(took[kind])
	}
	out.perObject("MeshAgent:", w.asked(), objects)
	out.perObject("Kubernetes:", after.since(before).kubernetes, objects)
	out.seconds("CPU of the creation: manager", after.since(before).cpu)
	for _, name := range slices.Sorted(maps.Keys(others)) {
		out.seconds("CPU of the creation: "+name, others[name]-othersBefore[name])
	}
	out.add("memory, peak", after.peak, "MiB")
	return nil
}

// restart restarts the manager while all objects are in sync. It measures the time and the requests
// until all objects are verified.
func (w *world) restart(ctx context.Context, old *manager, out *findings, n int) (*manager, error) {
	if err := old.stop(); err != nil {
		return nil, err
	}
	w.meshagent.ResetCalls()
	m, err := w.start(ctx, time.Hour)
	if err != nil {
		return nil, err
	}
	if err := m.awaitPasses(ctx, float64(n)); err != nil {
		return nil, err
	}
	out.seconds("restart until all are verified", time.Since(m.started)).atMost(60)
	if err := pause(ctx, time.Second); err != nil {
		return nil, err
	}
	read, err := m.read(ctx)
	if err != nil {
		return nil, err
	}
	asked := w.asked()
	out.add("restart: reads of MeshAgent", asked[http.MethodGet], "")
	out.add("restart: writes to MeshAgent", asked[http.MethodPost]+writes(asked), "").atMost(0)
	out.add("restart: writes to Kubernetes, events included", read.kubernetes[http.MethodPost]+writes(read.kubernetes), "").atMost(0)
	return m, nil
}

// awaitPasses waits until the manager has made that many passes.
func (m *manager) awaitPasses(ctx context.Context, passes float64) error {
	const pace = time.Second / 4 // each read of the metrics costs the manager CPU time
	return until(ctx, pace, fmt.Sprintf("%.0f objects are checked", passes), func() (bool, error) {
		read, err := m.read(ctx)
		return read.passes >= passes, err
	})
}

// steady watches the manager for three drift intervals while nothing changes. All objects must have
// just been checked. Short intervals keep the measurement short, so the cost of one check of all
// objects is separated from the cost at rest. Both give the cost at the default interval.
func (w *world) steady(ctx context.Context, m *manager, out *findings, interval time.Duration, n int) error {
	const intervals = 3
	begun, err := m.read(ctx)
	if err != nil {
		return err
	}
	if err := pause(ctx, interval/3); err != nil {
		return err
	}
	rested, err := m.read(ctx)
	if err != nil {
		return err
	}
	rest := float64(rested.since(begun).cpu) / float64(rested.at.Sub(begun.at))
	w.meshagent.ResetCalls()
	if err := pause(ctx, intervals*interval); err != nil {
		return err
	}
	end, err := m.read(ctx)
	if err != nil {
		return err
	}
	spent, asked, span := end.since(rested), w.asked(), end.at.Sub(rested.at)
	checks := spent.passes / float64(n)
	check := (spent.cpu.Seconds() - rest*span.Seconds()) / checks
	const byDefault = 9 * time.Minute // ten, less the jitter: the first check to come reads the list for all
	// Each page has a row in common with the one before.
	pages := 1 + math.Ceil(float64(max(0, n-pageSize))/(pageSize-1))
	out.add("steady: list pages per check of all", w.pages()/checks, "").atMost(pages)
	out.add("steady: other reads of MeshAgent per check of all", (asked[http.MethodGet]-w.pages())/checks, "")
	out.add("steady: writes to MeshAgent", asked[http.MethodPost]+writes(asked), "").atMost(0)
	out.add("steady: writes to Kubernetes, events included", spent.kubernetes[http.MethodPost]+writes(spent.kubernetes), "").atMost(0)
	out.add("steady: reads of Kubernetes, watches renewed included", spent.kubernetes[http.MethodGet], "")
	out.seconds("steady: CPU per check of all", time.Duration(check*float64(time.Second)))
	out.add("steady: CPU between checks", 100*rest, "% of a core")
	share := out.add("steady: CPU at the default interval", 100*(rest+check/byDefault.Seconds()), "% of a core")
	if n <= 1000 {
		share.atMost(1)
	}
	return nil
}

// deletion deletes objects, and measures the time and the requests until they are gone.
func (w *world) deletion(ctx context.Context, out *findings, objects []client.Object) error {
	w.meshagent.ResetCalls()
	mirrored, begun := w.present(), time.Now()
	err := parallel(len(objects), func(i int) error { return client.IgnoreNotFound(w.Delete(ctx, objects[i])) })
	if err != nil {
		return fmt.Errorf("deleting objects: %w", err)
	}
	if err := w.awaitGone(ctx); err != nil {
		return err
	}
	out.seconds("deletion of all", time.Since(begun))
	out.perObject("deletion, MeshAgent:", w.asked(), mirrored)
	return nil
}
