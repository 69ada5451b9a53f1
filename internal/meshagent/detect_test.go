// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// server answers the requests of Detect: by path, with a status or with a body of status 200.
type server map[string]any

const (
	html     = "<html>default backend - 404</html>"
	noAnswer = -1
	isRole   = `{"role":"admin"}`
	isCaller = `{"id":"sa-1","email":"x@y","type":"service_account"}`
)

func told(version string) string { return `{"domains":{},"version":"` + version + `"}` }

// asked creates a project of a server, and records the requests.
func (s server) asked(t *testing.T) (*Project, *[]string) {
	t.Helper()
	var calls []string
	client := with(t, Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		calls = append(calls, name)
		status, body := http.StatusOK, ""
		switch answer := s[name].(type) {
		case int:
			status, body = answer, http.StatusText(answer)
		case string:
			body = answer
		}
		switch {
		case status == noAnswer:
			return nil, context.DeadlineExceeded
		case body == html:
			status = http.StatusNotFound
		}
		return textOf(status, body), nil
	})})
	return client.Project("p"), &calls
}

func textOf(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(body))}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	const none = ""
	old, oldNewer, next := API{Generation044, "0.44.6"}, API{Generation044, "0.50.1"}, API{Generation045, "0.50.1"}
	for name, test := range map[string]struct {
		server server
		last   API
		want   API
		asks   string
		fails  bool
	}{
		"0.44":                               {server: server{"config": told("0.44.13")}, want: API{Generation044, "0.44.13"}, asks: "config"},
		"0.44, a patch later":                {server: server{"config": told("0.44.13")}, last: old, want: API{Generation044, "0.44.13"}, asks: "config"},
		"newer, with the old routes":         {server: server{"config": told("0.50.1"), "role": isRole, "whoami": isCaller}, last: old, want: oldNewer, asks: "config role"},
		"newer, 404":                         {server: server{"config": told("0.50.1"), "role": 404, "whoami": isCaller}, last: old, want: next, asks: "config role whoami"},
		"newer, 405":                         {server: server{"config": told("0.50.1"), "role": 405, "whoami": isCaller}, last: oldNewer, want: next, asks: "config role whoami"},
		"newer, 410, at first sight":         {server: server{"config": told("0.50.1"), "role": 410, "whoami": isCaller}, want: next, asks: "config role whoami"},
		"newer, 501":                         {server: server{"config": told("0.50.1"), "role": 501, "whoami": isCaller}, want: next, asks: "config role whoami"},
		"newer, without witnesses":           {server: server{"config": told("0.60.0"), "role": 404, "whoami": 404}, fails: true, asks: "config role whoami"},
		"newer, without witnesses, known":    {server: server{"config": told("0.60.0"), "role": 404, "whoami": 404}, last: old, want: old, asks: "config role whoami"},
		"no version, with the old routes":    {server: server{"config": told(none), "role": isRole}, want: API{Generation044, none}, asks: "config role"},
		"no version, new routes only":        {server: server{"config": told(none), "role": 404, "whoami": isCaller}, last: old, want: API{Generation045, none}, asks: "config role whoami"},
		"no version, no witness":             {server: server{"config": told(none), "role": 404, "whoami": 404}, want: API{Generation044, none}, asks: "config role whoami"},
		"not a version":                      {server: server{"config": told("main"), "role": isRole}, want: API{Generation044, "main"}, asks: "config role"},
		"no config":                          {server: server{"config": 404, "role": isRole}, want: API{Generation044, none}, asks: "config role"},
		"no config, known":                   {server: server{"config": 503}, last: next, want: next, asks: "config"},
		"a key without the right to ask":     {server: server{"config": told("0.50.1"), "role": 403}, want: oldNewer, asks: "config role"},
		"at first sight, whoami is refused":  {server: server{"config": told("0.50.1"), "role": 404, "whoami": 403}, fails: true, asks: "config role whoami"},
		"no version, whoami is refused":      {server: server{"config": told(none), "role": 404, "whoami": 403}, fails: true, asks: "config role whoami"},
		"back to 0.44":                       {server: server{"config": told("0.44.6"), "role": isRole}, last: next, want: old, asks: "config role"},
		"back to 0.44, not yet there":        {server: server{"config": told("0.44.6"), "role": 404, "whoami": isCaller}, last: next, want: API{Generation045, "0.44.6"}, asks: "config role whoami"},
		"JSON of something else":             {server: server{"config": `{"status":"up"}`, "role": `{"status":"up"}`, "whoami": `{"status":"up"}`}, last: old, want: old, asks: "config role"},
		"whoami is JSON of something else":   {server: server{"config": told("0.50.1"), "role": 404, "whoami": `{"status":"up"}`}, last: old, want: old, asks: "config role whoami"},
		"at first sight, the witness is out": {server: server{"config": told("0.50.1"), "role": 503}, fails: true, asks: "config role"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project, calls := test.server.asked(t)
			got, err := project.Detect(t.Context(), test.last)
			if (err != nil) != test.fails || got.API != test.want {
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			}
			if asked := strings.Join(*calls, " "); asked != test.asks {
				t.Errorf("it asked %q instead of %q", asked, test.asks)
			}
		})
	}
}

// If one of the requests fails in any way, the known generation stays.
func TestNothingButAWitnessChangesTheGeneration(t *testing.T) {
	t.Parallel()
	up := server{"config": told("0.50.1"), "role": 404, "whoami": isCaller}
	down := server{"config": told("0.44.6"), "role": isRole}
	for path, to := range map[string]struct {
		server server
		last   API
	}{
		"config": {up, API{Generation044, "0.44.6"}}, "role": {up, API{Generation044, "0.44.6"}}, "whoami": {up, API{Generation044, "0.44.6"}},
		"config, back": {down, API{Generation045, "0.50.1"}}, "role, back": {down, API{Generation045, "0.50.1"}},
	} {
		for _, trouble := range []any{401, 403, 429, 503, html, noAnswer} {
			broken := maps.Clone(to.server)
			question, _, _ := strings.Cut(path, ",")
			broken[question] = trouble
			project, _ := broken.asked(t)
			if got, err := project.Detect(t.Context(), to.last); err != nil || got.API != to.last {
				t.Errorf("%s answers %v: %v, %v", path, trouble, got, err)
			}
		}
	}
}

func TestConfirm(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server server
		want   API
		fails  bool
	}{
		"a version":                    {server: server{"config": told("0.44.6")}, want: API{Generation044, "0.44.6"}},
		"a newer version":              {server: server{"config": told("0.50.1")}, want: API{Generation045, "0.50.1"}},
		"no version, a witness":        {server: server{"config": told(""), "role": isRole}, want: API{Generation: Generation044}},
		"no version, a silent witness": {server: server{"config": told(""), "role": 403}, want: API{Generation: Generation044}},
		"no version, no witness":       {server: server{"config": told(""), "role": 404}, fails: true},
		"no version, a page":           {server: server{"config": told(""), "role": html}, fails: true},
		"a page":                       {server: server{"config": html}, fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			project, _ := test.server.asked(t)
			if got, err := project.Confirm(t.Context()); (err != nil) != test.fails || got != test.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// A proxy's page decides nothing, whatever its status.
func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{400, 401, 403, 404, 405, 409, 410, 422} {
		client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<!doctype html><title>Blocked</title>"))
		})
		_, err := client.Project("p").Info(t.Context())
		e, ok := errors.AsType[*Error](err)
		if !ok || !e.Foreign() || IsRefusal(err) || IsNotFound(err) || IsUnauthorized(err) || IsConflict(err) || MissesRoute(err) {
			t.Errorf("%d is believed: %v", status, err)
		}
	}
}

func TestDoubtsGeneration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err  error
		want bool
	}{
		"404, a collection of the project": {&Error{Status: 404, Route: projectRoute + "/rooms"}, true},
		"404, one of two segments":         {&Error{Status: 404, Route: projectRoute + "/oauth/clients"}, true},
		"404, a resource":                  {&Error{Status: 404, Route: projectRoute + "/rooms/{room}"}, false},
		"404, a collection of a room":      {&Error{Status: 404, Route: projectRoute + "/rooms/{room}/services"}, false},
		"404, the project":                 {&Error{Status: 404, Route: projectRoute}, false},
		"405, a resource":                  {&Error{Status: 405, Route: projectRoute + "/rooms/{room}"}, true},
		"410":                              {&Error{Status: 410, Route: projectRoute + "/rooms"}, true},
		"501":                              {&Error{Status: 501, Route: projectRoute + "/rooms"}, true},
		"403":                              {&Error{Status: 403, Route: projectRoute + "/rooms"}, false},
		"a page":                           {&Error{Status: 404, Route: projectRoute + "/rooms", foreign: true}, false},
		"unknown pages":                    {&NetworkError{Cause: ErrUnknownPaging}, true},
	} {
		if got := DoubtsGeneration(test.err); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
