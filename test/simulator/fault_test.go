// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/meshagent/meshagent-operator/test/contract"
)

func TestFaultCounts(t *testing.T) {
	a := newAPI(t)
	remove := a.sim.Inject(Fault{Method: "GET", Path: "/rooms$", Skip: 1, Times: 2, Status: 429, RetryAfter: "7"})
	var got []int
	for range 5 {
		status, _ := a.send("GET", "/rooms", nil)
		got = append(got, status)
	}
	if diff := cmp.Diff([]int{200, 429, 429, 200, 200}, got); diff != "" {
		t.Error(diff)
	}
	a.want("GET", "/rooms/x", nil, 404, "") // another path
	remove()

	remove = a.sim.Inject(Fault{Status: 503, ContentType: "text/html", Body: "<p>"})
	for range 3 {
		a.want("POST", "/rooms", `{"name": "a"}`, 503, "<p>")
	}
	remove()
	remove = a.sim.Inject(Fault{Status: 400, Body: "400: cannot use", Echo: true})
	a.want("POST", "/rooms", `{"name": "a"}`, 400, `400: cannot use: {"name": "a"}`)
	remove()
	if rooms := a.sim.Documents("rooms"); len(rooms) != 0 {
		t.Errorf("a made-up answer was carried out: %v", rooms)
	}
	resp, err := a.try("", "GET", "/rooms", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get(contract.FaultHeader) != "" {
		t.Error("the fault was not removed")
	}
}

func TestFaultHeaders(t *testing.T) {
	a := newAPI(t)
	a.sim.Inject(Fault{Status: 429, RetryAfter: "7"})
	resp, err := a.try("", "GET", "/rooms", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	if resp.Header.Get("Retry-After") != "7" || resp.Header.Get(contract.FaultHeader) == "" || string(body) != "429: Too Many Requests" {
		t.Errorf("got %v %q", resp.Header, body)
	}
}

func TestDrops(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault Fault
		rooms int
	}{
		{"before", Fault{Drop: DropBefore, Times: 1}, 0},
		{"after", Fault{Drop: DropAfter, Times: 1}, 1},
		{"within", Fault{Drop: DropWithin, Times: 1}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t)
			a.sim.Inject(tt.fault)
			resp, err := a.try("", "POST", "/rooms", `{"name": "a"}`)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("got error %v", err)
			}
			if got := len(a.sim.Documents("rooms")); got != tt.rooms {
				t.Errorf("%d rooms, want %d", got, tt.rooms)
			}
			if calls := a.sim.Calls(); len(calls) != 1 || string(calls[0].RequestBody) != `{"name": "a"}` {
				t.Errorf("calls: %+v", calls)
			}
		})
		t.Run(tt.name+", over a socket", func(t *testing.T) {
			sim := New()
			sim.Inject(tt.fault)
			server := httptest.NewServer(sim)
			defer server.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/oauth/token", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := server.Client().Do(req)
			if err == nil {
				_, err = io.ReadAll(resp.Body)
				_ = resp.Body.Close()
			}
			if err == nil {
				t.Error("the connection was not lost")
			}
		})
	}
}

func TestStall(t *testing.T) {
	sim := New()
	server := httptest.NewServer(sim)
	defer server.Close()
	sim.Inject(Fault{Drop: StallWithin})
	for name, transport := range map[string]http.RoundTripper{"in memory": sim, "over a socket": server.Client().Transport} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/pricing", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := transport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = resp.Body.Close() }()
			if _, err := io.ReadFull(resp.Body, make([]byte, 2)); err != nil {
				t.Error("nothing arrives:", err)
			}
			cancel()
			if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
				t.Errorf("the rest: %v", err)
			}
		})
	}
}

func TestHooks(t *testing.T) {
	a := newAPI(t)
	count := func() int { return len(a.sim.Documents("rooms")) }
	var before, after int
	a.sim.Inject(Fault{
		Method: "POST", Times: 1,
		Hook:  func(*http.Request) { before = count(); a.sim.Add("rooms", map[string]any{"name": "quicker"}) },
		After: func(*http.Request) { after = count() },
	})
	a.want("POST", "/rooms", `{"name": "quicker"}`, 409, "")
	if before != 0 || after != 1 {
		t.Errorf("the hooks saw %d and %d rooms", before, after)
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t, WithLatency(time.Second))
		a.sim.Inject(Fault{Path: "/rooms", Delay: time.Minute})
		start := time.Now()
		a.want("GET", "/status", nil, 200, "")
		if d := time.Since(start); d != time.Second {
			t.Errorf("latency %v", d)
		}

		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, a.base+"/rooms", nil)
		if err != nil {
			t.Fatal(err)
		}
		start = time.Now()
		resp, err := a.sim.RoundTrip(req)
		if err == nil {
			_ = resp.Body.Close()
		}
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 30*time.Second {
			t.Errorf("got %v after %v", err, time.Since(start))
		}
	})
}

func TestCalls(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	a := newAPI(t, WithClock(func() time.Time { return now }))
	a.send("GET", "/rooms/a%2Fb", nil)
	a.send("GET", "/rooms?limit=5", nil)
	prefix := "/accounts/projects/" + a.sim.ProjectID()
	want := []Call{
		{Method: "GET", Path: prefix + "/rooms/a%2Fb", ContentType: mediaJSON, Status: 404, ResponseBody: []byte(`404: no room with name "a/b"`), At: now},
		{Method: "GET", Path: prefix + "/rooms", Query: "limit=5", ContentType: mediaJSON, Status: 200, ResponseBody: []byte(`{"rooms":[],"total":0}`), At: now},
	}
	if diff := cmp.Diff(want, a.sim.Calls()); diff != "" {
		t.Error(diff)
	}
	a.sim.ResetCalls()
	if got := a.sim.Calls(); len(got) != 0 {
		t.Errorf("after reset: %v", got)
	}
}
