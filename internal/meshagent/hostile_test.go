// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// repeated is a body that begins, repeats a part, each time with another number in it, and ends.
type repeated struct {
	start, end string
	part       func(i int) string
	parts      int

	rest string
	next int
}

func (r *repeated) Read(p []byte) (int, error) {
	for r.rest == "" {
		switch {
		case r.next == 0:
			r.rest = r.start
		case r.next <= r.parts:
			r.rest = r.part(r.next)
		case r.next == r.parts+1:
			r.rest = r.end
		default:
			return 0, io.EOF
		}
		r.next++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// served makes a client that gets a new body for each request.
func served(t *testing.T, body func(*http.Request) io.Reader) *Client {
	t.Helper()
	return with(t, Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body(r)), Request: r}, nil
	})})
}

func always(text string) func(int) string { return func(int) string { return text } }

// hostileLists are answers to GET /services, each of which is far larger than what anybody may have.
func hostileLists() map[string]*repeated {
	const most = 5_000_000
	return map[string]*repeated{
		"empty rows":            {start: `{"services":[{}`, part: always(`,{}`), parts: most, end: `]}`},
		"tiny rows":             {start: `{"services":[{"id":"x"}`, part: func(i int) string { return `,{"id":"` + strconv.Itoa(i) + `"}` }, parts: most, end: `]}`},
		"the same row":          {start: `{"services":[{"id":"x"}`, part: always(`,{"id":"x"}`), parts: most, end: `]}`},
		"a row of many members": {start: `{"services":[{"id":"x","agents":[{}`, part: always(`,{}`), parts: most, end: `]}]}`},
		"a row as text":         {start: `{"services":["{\"id\":\"x\",\"agents\":[{}`, part: always(`,{}`), parts: 2_500_000, end: `]}"]}`},
		"a long string":         {start: `{"services":[{"id":"`, part: always(strings.Repeat("x", 1000)), parts: 50_000, end: `"}]}`},
		"a long number":         {start: `{"services":[],"x":`, part: always(strings.Repeat("1", 1000)), parts: 50_000, end: `}`},
		"a long name":           {start: `{"`, part: always(strings.Repeat("x", 1000)), parts: 50_000, end: `":1}`},
		"a deep row":            {start: `{"services":[`, part: always(strings.Repeat("[", 1000)), parts: 50_000, end: ``},
		"a deep member":         {start: `{"x":`, part: always(strings.Repeat("[", 1000)), parts: 50_000, end: ``},
		"another member":        {start: `{"x":[{}`, part: always(`,{}`), parts: 20_000_000, end: `],"services":[]}`},
		"many members":          {start: `{"services":[]`, part: func(i int) string { return fmt.Sprintf(`,"m%d":%d`, i, i) }, parts: most, end: `}`},
	}
}

// heapPeak is the most that the heap held while a function ran, beyond what it held before.
func heapPeak(run func()) uint64 {
	read := func() uint64 {
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc
	}
	runtime.GC()
	before, peak, done := read(), atomic.Uint64{}, make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			peak.Store(max(peak.Load(), read()))
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	run()
	close(done)
	watching.Wait()
	return max(peak.Load(), before) - before
}

// Endpoints belong to tenants, and the memory to all of them. Several lists are read at once, by several clients.
//
//nolint:paralleltest // it measures the heap
func TestNoListExhaustsMemory(t *testing.T) {
	const limit = 200 << 20 // of 256 MiB that the chart gives
	for name := range hostileLists() {
		t.Run(name, func(t *testing.T) {
			var errs [6]error
			peak := heapPeak(func() {
				var lists sync.WaitGroup
				for i := range errs {
					client := served(t, func(*http.Request) io.Reader { return hostileLists()[name] })
					lists.Go(func() { errs[i] = lastError(t.Context(), client.Project("p").Services()) })
				}
				lists.Wait()
			})
			t.Logf("%d MiB", peak>>20)
			if peak > limit {
				t.Errorf("%d MiB were in use", peak>>20)
			}
			for _, err := range errs {
				if err == nil {
					t.Error("the list was taken for what MeshAgent holds")
				}
			}
		})
	}
}

func lastError[S Spec[S], R Resource[S]](ctx context.Context, collection Collection[S, R]) (failed error) {
	for _, err := range collection.All(ctx) {
		failed = err
	}
	return failed
}

//nolint:paralleltest // it measures the heap
func TestPagesWithoutEnd(t *testing.T) {
	var row atomic.Int64
	client := served(t, func(r *http.Request) io.Reader {
		first := row.Load() // the last row of the page before
		if r.URL.Query().Get("offset") == "0" {
			first = row.Add(1)
		}
		return &repeated{start: `{"rooms":[{"id":"` + strconv.FormatInt(first, 10) + `","name":"x"}`, parts: 499, part: func(int) string {
			return `,{"id":"` + strconv.FormatInt(row.Add(1), 10) + `","name":"` + strings.Repeat("x", 1000) + `"}`
		}, end: `],"total":1000000000}`}
	})
	var err error
	peak := heapPeak(func() { err = lastError(t.Context(), client.Project("p").Rooms()) })
	if !errors.Is(err, ErrAnswerTooLarge) || peak > 200<<20 {
		t.Errorf("%d MiB were in use; %v", peak>>20, err)
	}
}

// Large answers are read a few at a time, and all of them in the end.
//
//nolint:paralleltest // it measures the heap
func TestManyLargeResourcesAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		body func() io.Reader
		want error
	}{
		"hostile": {func() io.Reader {
			return &repeated{start: `{"id":"x","agents":[{}`, part: always(`,{}`), parts: 2_500_000, end: `]}`}
		}, ErrAnswerTooLarge},
		"honest": {func() io.Reader {
			return &repeated{
				start: `{"id":"x","metadata":{"name":"x"},"files":[{"path":"/x","text":"x"}`, parts: 200, end: `]}`,
				part: always(`,{"path":"/x","text":"` + strings.Repeat("x", 10_000) + `"}`),
			}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			client := served(t, func(*http.Request) io.Reader { return test.body() })
			var errs [32]error
			peak := heapPeak(func() {
				var reads sync.WaitGroup
				for i := range errs {
					reads.Go(func() { _, errs[i] = client.Project("p").Services().Get(t.Context(), Ref{ID: "x"}) })
				}
				reads.Wait()
			})
			t.Logf("%d MiB", peak>>20)
			if peak > 200<<20 {
				t.Errorf("%d MiB were in use", peak>>20)
			}
			for _, err := range errs {
				if !errors.Is(err, test.want) {
					t.Error(err)
				}
			}
		})
	}
}
