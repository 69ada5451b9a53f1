// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// reports collects violations.
type reports struct {
	mu  sync.Mutex
	all []string
}

func (r *reports) add(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, err.Error())
}

// exchanges are checked by both Transport and Handler.
var exchanges = []struct {
	name, method, target, body string
	answer                     http.HandlerFunc
	want                       []string
}{
	{
		name: "valid", method: "POST", target: "/accounts/projects/p/rooms", body: `{"name": "a"}`,
		answer: respond(200, "application/json", `{"id": "i", "name": "a", "metadata": {}}`),
	},
	{
		name: "large", method: "POST", target: "/accounts/projects/p/rooms", body: `{"name": "` + strings.Repeat("a", 1<<20) + `"}`,
		answer: respond(200, "application/json", `{"id": "i", "name": "`+strings.Repeat("a", 1<<20)+`", "metadata": {}}`),
	},
	{
		name: "request and response, no values", method: "PUT", target: "/accounts/projects/p/secrets/s%2F1", body: `{"name": 5, "type": "t", "data_base64": "hunter2"}`,
		answer: respond(200, "application/json", `["hunter2"]`),
		want: []string{
			"PUT /accounts/projects/p/secrets/s%2F1: request body: data_base64: is not a valid byte; name: value must be a string",
			"PUT /accounts/projects/p/secrets/s%2F1: response body (status 200): value must be an object",
		},
	},
	{
		name: "unknown", method: "GET", target: "/accounts/projects/p/nothing",
		answer: respond(200, "text/html", "x"),
		want:   []string{"GET /accounts/projects/p/nothing: no such operation in the contract"},
	},
	{
		name: "fault", method: "GET", target: "/config",
		answer: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(FaultHeader, "1")
			respond(200, "text/html", "<p>")(w, r)
		},
	},
	{
		name: "binary", method: "POST", target: "/projects/p/storage/upload?path=a", body: "\x00\x01",
		answer: respond(204, "", ""),
	},
}

func respond(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func TestTransportAndHandler(t *testing.T) {
	v := mustLoad(t)
	for _, tt := range exchanges {
		// The handler must still be able to read the body.
		inner := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if body, err := io.ReadAll(r.Body); err != nil || string(body) != tt.body {
				t.Errorf("the handler got %d bytes (%v), want %d", len(body), err, len(tt.body))
			}
			tt.answer(w, r)
		})
		direct := serve(t, inner, http.DefaultTransport, tt.method, tt.target, tt.body)
		t.Run("Transport/"+tt.name, func(t *testing.T) {
			var got reports
			body := serve(t, inner, v.Transport(http.DefaultTransport, got.add), tt.method, tt.target, tt.body)
			if body != direct {
				t.Error("the body was changed on its way")
			}
			if diff := cmp.Diff(tt.want, got.all); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("Handler/"+tt.name, func(t *testing.T) {
			var got reports
			body := serve(t, v.Handler(inner, got.add), http.DefaultTransport, tt.method, tt.target, tt.body)
			if body != direct {
				t.Error("the body was changed on its way")
			}
			if diff := cmp.Diff(tt.want, got.all); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func serve(t *testing.T, h http.Handler, rt http.RoundTripper, method, target, body string) string {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close() // waits for the handler, which reports last
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
		if strings.HasSuffix(req.URL.Path, "/upload") {
			req.Header.Set("Content-Type", "application/octet-stream")
		}
	}
	resp, err := (&http.Client{Transport: rt}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, io.ErrUnexpectedEOF
}

func TestTransportPassesErrorsOn(t *testing.T) {
	var got reports
	rt := mustLoad(t).Transport(broken{}, got.add)
	req := httptest.NewRequestWithContext(t.Context(), "GET", "http://x/config", nil)
	resp, err := rt.RoundTrip(req)
	if resp != nil {
		_ = resp.Body.Close()
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(got.all) != 0 {
		t.Errorf("got %v and reports %v", err, got.all)
	}
}

func TestHandlerLetsHijack(t *testing.T) {
	var got reports
	server := httptest.NewServer(mustLoad(t).Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.Close()
	}), got.add))
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/config", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := server.Client().Do(req)
	if err == nil {
		_ = resp.Body.Close()
		t.Error("the connection was not lost")
	}
	if len(got.all) != 0 {
		t.Errorf("reports: %v", got.all)
	}
}
