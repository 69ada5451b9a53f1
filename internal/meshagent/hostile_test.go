// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// repeated is a body with a beginning, a repeated part with another number each time, and an end.
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

// served creates a client that gets a new body for each request.
func served(t *testing.T, body func(*http.Request) io.Reader) *Client {
	t.Helper()
	return with(t, Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(body(r)), Request: r}, nil
	})})
}

func always(text string) func(int) string { return func(int) string { return text } }

// hostileLists are answers to GET /services. Each of them is far larger than any limit.
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

// Tenants control endpoints, and all of them share the memory. Several clients read several lists
// at once. The test measures the heap, so it runs alone.
func TestNoListExhaustsMemory(t *testing.T) {
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
			if peak > mostHeap {
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

// The test measures the heap, so it runs alone.
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
	if !errors.Is(err, ErrAnswerTooLarge) || peak > mostHeap {
		t.Errorf("%d MiB were in use; %v", peak>>20, err)
	}
}

// Large answers are read a few at a time, and all of them in the end. The test measures the heap,
// so it runs alone.
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
			if peak > mostHeap {
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

// endless is a body without an end that counts how much of it was read.
type endless struct{ read *int }

func (e endless) Read(p []byte) (int, error) {
	*e.read += len(p)
	return copy(p, strings.Repeat("x", len(p))), nil
}

func (e endless) Close() error { return nil }

func TestAnswersThatAreTooLong(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status   int
		ask      func(*Project) error
		tooLarge bool
		most     int
	}{
		"one resource": {http.StatusOK, func(p *Project) error { _, err := p.Info(t.Context()); return err }, true, 8 << 20},
		"nothing":      {http.StatusOK, func(p *Project) error { return p.Rooms().Delete(t.Context(), "r") }, true, 8 << 20},
		"a list":       {http.StatusOK, func(p *Project) error { return lastError(t.Context(), p.Rooms()) }, false, 1 << 20}, // the answer is not a list from the first byte on
		"a refusal":    {http.StatusForbidden, func(p *Project) error { return lastError(t.Context(), p.Rooms()) }, false, 64 << 10},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := 0
			client := with(t, Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: test.status, Body: endless{&read}, Request: r}, nil
			})})
			err := test.ask(client.Project("p"))
			if err == nil || errors.Is(err, ErrAnswerTooLarge) != test.tooLarge || test.tooLarge && errors.As(err, new(*NetworkError)) {
				t.Errorf("got %v", err)
			}
			if IsRefusal(err) != (test.status == http.StatusForbidden) {
				t.Errorf("a refusal: %v", err)
			}
			if read > test.most+1 {
				t.Errorf("%d bytes were read", read)
			}
		})
	}
}

// Three tenants keep eight lists each, all of the largest size. A fourth tenant has a few rows. The
// test measures the heap, so it runs alone.
func TestKeptListsShareTheMemory(t *testing.T) {
	const tenants, lists, few = 3, 8, 500
	hostile := func(*http.Request) io.Reader {
		return &repeated{start: `{"services":[{"id":"x"}`, part: func(i int) string { return fmt.Sprintf(`,{"id":"%d","metadata":{"name":"%d"}}`, i, i) }, parts: 30_000, end: `]}`}
	}
	var kept sync.Map // holdings with their rows
	list := func(client *Client) error {
		holding, rows := NewHolding(client), []Service{}
		for row, err := range client.Project("p").Services().All(Hold(t.Context(), holding)) {
			if err != nil {
				holding.Release()
				return err
			}
			rows = append(rows, row)
		}
		kept.Store(holding, rows)
		return nil
	}
	peak := heapPeak(func() {
		var reading sync.WaitGroup
		for range tenants {
			client := served(t, hostile)
			for range lists {
				reading.Go(func() {
					if err := list(client); err != nil && !errors.Is(err, ErrAnswerTooLarge) {
						t.Error(err)
					}
				})
			}
		}
		reading.Wait()
	})
	honest := served(t, func(*http.Request) io.Reader {
		return &repeated{start: `{"services":[{"id":"x"}`, part: func(i int) string { return fmt.Sprintf(`,{"id":"%d"}`, i) }, parts: few, end: `]}`}
	})
	for range 2 {
		if err := list(honest); err != nil {
			t.Errorf("the fourth tenant: %v", err)
		}
	}
	count := 0
	kept.Range(func(holding, _ any) bool {
		one, _ := holding.(*Holding)
		one.Release()
		count++
		return true
	})
	t.Logf("%d MiB, %d lists kept", peak>>20, count)
	if peak > mostHeap || count > tenants*lists {
		t.Errorf("%d MiB were in use for %d lists", peak>>20, count)
	}
	if left := listed.used[honest]; left > 0 {
		t.Errorf("%d bytes were not given back", left)
	}
}
