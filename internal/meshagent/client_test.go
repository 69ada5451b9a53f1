// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answering creates a client that gets an answer to every request.
func answering(t *testing.T, answer http.HandlerFunc) *Client {
	t.Helper()
	return with(t, Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		recorder := httptest.NewRecorder()
		answer(recorder, r)
		return recorder.Result(), nil
	})})
}

func with(t *testing.T, options Options) *Client {
	t.Helper()
	key, err := ParseAPIKey(vector)
	if err != nil {
		t.Fatal(err)
	}
	options.Key = key
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func TestErrors(t *testing.T) {
	t.Parallel()
	page := "<html><body>Bad gateway 1723</body></html>"
	for name, test := range map[string]struct {
		status int
		header map[string]string
		body   string
		want   Error
	}{
		"plain text":            {status: 409, body: "409: a room named \"x\" already exists\n", want: Error{Message: `a room named "x" already exists`}},
		"JSON":                  {status: 400, body: `{"message": "name is too long", "id": 7}`, want: Error{Message: "name is too long"}},
		"nested JSON":           {status: 423, body: `{"error": {"code": "x", "message": "room is disabled"}}`, want: Error{Message: "room is disabled"}},
		"JSON of other forms":   {status: 422, body: "{\"detail\": [{\"loc\": [\"body\", \"name\"],\n \"msg\": \"too long\"}]}", want: Error{Message: `{"detail": [{"loc": ["body", "name"], "msg": "too long"}]}`}},
		"JSON without words":    {status: 400, body: `{"code": 7, "message": ""}`, want: Error{Message: `{"code": 7, "message": ""}`}},
		"several lines":         {status: 422, body: "a\r\n\tb\x00c", want: Error{Message: "a b c"}},
		"a key in the answer":   {status: 401, body: "key s3-cret is revoked", want: Error{Message: "key [redacted] is revoked"}},
		"a key where it is cut": {status: 401, body: strings.Repeat("x", 296) + "s3-cret", want: Error{Message: strings.Repeat("x", 296) + "[red…"}},
		"a key in JSON":         {status: 401, body: `{"sent": "s3-cret"}`, want: Error{Message: `{"sent": "[redacted]"}`}},
		"a page of a proxy":     {status: 403, body: page, want: Error{Message: htmlInstead, foreign: true}},
		"a server's failure":    {status: 502, body: "trace 8f2c", want: Error{}},
		"a redirect":            {status: 302, header: map[string]string{"Location": "https://elsewhere"}, want: Error{Message: "a redirect, which is not followed: check the endpoint"}},
		"too many, seconds":     {status: 429, header: map[string]string{"Retry-After": "7"}, want: Error{RetryAfter: 7 * time.Second}},
		"too many, no header":   {status: 429, want: Error{RetryAfter: defaultPause}},
		"too many, past date":   {status: 429, header: map[string]string{"Retry-After": "Mon, 02 Jan 2006 15:04:05 GMT"}, want: Error{RetryAfter: time.Second}},
		"too many, a date":      {status: 429, header: map[string]string{"Retry-After": "Mon, 02 Jan 2006 15:04:35 GMT", "Date": "Mon, 02 Jan 2006 15:04:05 GMT"}, want: Error{RetryAfter: 30 * time.Second}},
		"too many, for ever":    {status: 429, header: map[string]string{"Retry-After": "999999999"}, want: Error{RetryAfter: maxPause}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			})
			_, err := client.Project("p").Info(t.Context())
			got, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			test.want.Status, test.want.Method, test.want.Route = test.status, http.MethodGet, "/accounts/projects/{project_id}"
			if d := cmp.Diff(test.want, *got, cmp.AllowUnexported(Error{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestErrorText(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*Error{
		"PUT /rooms/{room}: 409 Conflict: taken":                               {Method: http.MethodPut, Route: "/rooms/{room}", Status: 409, Message: "taken"},
		"GET /config: 502 Bad Gateway":                                         {Method: http.MethodGet, Route: "/config", Status: 502},
		`/rooms/{room}: 400 Bad Request: "." cannot be addressed in MeshAgent`: {Route: "/rooms/{room}", Status: 400, Message: `"." cannot be addressed in MeshAgent`},
		"422 Unprocessable Entity: fixed":                                      {Status: 422, Message: "fixed"},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"truncated":                 `{"rooms": [{"id": "1", "na`,
		"a page of a proxy":         "<!doctype html><title>Sign in</title>",
		"text":                      "ok",
		"no rooms":                  `{"total": 0}`,
		"rooms of another form":     `{"rooms": {"a": 1}}`,
		"a room of another form":    `{"rooms": ["a"]}`,
		"an answer of another form": `[]`,
		"nothing":                   "",
		"null for rooms":            `{"rooms": null}`,
		"two lists of rooms":        `{"rooms": [{"id": "1"}], "rooms": [{"id": "2"}]}`,
		"a room without an id":      `{"rooms": [{"id": "1"}, {"name": "x"}]}`,
		"a room that is null":       `{"rooms": [null]}`,
		"something behind the list": `{"rooms": []} {"rooms": []}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := answering(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
			var rooms []Room
			var failed error
			for room, err := range client.Project("p").Rooms().All(t.Context()) {
				if failed = err; err == nil {
					rooms = append(rooms, room)
				}
			}
			if _, ok := errors.AsType[*NetworkError](failed); !ok || len(rooms) > 0 {
				t.Errorf("got rooms %v, error %v", rooms, failed)
			}
		})
	}
}

// Such a list would look short, and missing rows look like deleted resources.
func TestAListWithOtherPagesIsNoResult(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]func(*Project) error{
		"rooms":    func(p *Project) error { return lastError(t.Context(), p.Rooms()) },
		"services": func(p *Project) error { return lastError(t.Context(), p.Services()) },
	} {
		for _, token := range []string{`"abc"`, "null"} {
			client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, `{"continuation_token": `+token+`, "`+name+`": [], "total": 0}`)
			})
			err := list(client.Project("p"))
			if !errors.Is(err, ErrUnknownPaging) || errors.As(err, new(*NetworkError)) || IsRefusal(err) || NotSent(err) {
				t.Errorf("%s, token %s: %v", name, token, err)
			}
		}
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for endpoint, want := range map[string]string{
		"":                             DefaultEndpoint,
		"https://api.example.com/":     "https://api.example.com",
		"http://127.0.0.1:8090/base//": "http://127.0.0.1:8090/base",
		"api.example.com":              "", "ftp://x": "", "https://": "", "https://user:pw@x": "", "https://x?y=z": "", "https://x?": "", "https://x#y": "", "::": "",
	} {
		client, err := New(Options{Endpoint: endpoint})
		if err == nil {
			if got := client.Endpoint(); got != want {
				t.Errorf("%q: got %q, want %q", endpoint, got, want)
			}
		} else if want != "" || strings.Contains(err.Error(), "pw") {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}

func TestPathsAreEscaped(t *testing.T) {
	t.Parallel()
	var asked string
	client := answering(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.EscapedPath()
		_, _ = io.WriteString(w, `{"id": "1"}`)
	})
	rooms := client.Project("p/1").Rooms()
	for name, want := range map[string]string{
		"plain": "plain", "../x": "..%2Fx", "a b?c#d": "a%20b%3Fc%23d", "%2f": "%252f", "é\n": "%C3%A9%0A",
	} {
		if _, err := rooms.Get(t.Context(), Ref{Key: name}); err != nil {
			t.Errorf("%q: %v", name, err)
		}
		if full := "/accounts/projects/p%2F1/rooms/" + want; asked != full {
			t.Errorf("%q: asked for %s, want %s", name, asked, full)
		}
	}
	for _, name := range []string{".", ".."} {
		if _, err := rooms.Get(t.Context(), Ref{Key: name}); err == nil {
			t.Errorf("%q was sent", name)
		}
	}
}

func TestTimeout(t *testing.T) {
	t.Parallel()
	hang := roundTripper(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	_, err := with(t, Options{Transport: hang, Timeout: time.Millisecond}).Project("p").Info(t.Context())
	if want := "GET /accounts/projects/{project_id}: no answer within 1ms"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLimiterPauses(t *testing.T) {
	t.Parallel()
	calls := 0
	limiter := NewLimiter(1000, 1000)
	client := with(t, Options{Limiter: limiter, Transport: roundTripper(func(*http.Request) (*http.Response, error) {
		calls++
		recorder := httptest.NewRecorder()
		recorder.Header().Set("Retry-After", "30")
		recorder.WriteHeader(http.StatusTooManyRequests)
		return recorder.Result(), nil
	})})
	for range 5 {
		_, err := client.Project("p").Info(t.Context())
		if e, ok := errors.AsType[*Error](err); !ok || e.Status != http.StatusTooManyRequests || e.RetryAfter < 25*time.Second {
			t.Fatalf("got %v", err)
		}
	}
	if left := limiter.Tokens(); left != 0 {
		t.Errorf("%v requests could be sent in the pause", left)
	}
	if calls != 1 {
		t.Errorf("%d requests were sent although MeshAgent asked for a pause after the first", calls)
	}
}

func TestLimiterHoldsNobodyForLong(t *testing.T) {
	t.Parallel()
	limiter := NewLimiter(0.01, 1)
	if err := limiter.wait(t.Context(), "GET", "/x"); err != nil {
		t.Fatal(err)
	}
	if left := limiter.Tokens(); left < 0 || left > 0.5 {
		t.Errorf("%v requests are left of one", left)
	}
	err := limiter.wait(t.Context(), "GET", "/x")
	if e, ok := errors.AsType[*Error](err); !ok || e.RetryAfter < time.Minute {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	limiter.Set(1, 1)
	if err := limiter.wait(ctx, "GET", "/x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
