// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func FuzzRoute(f *testing.F) {
	for _, value := range []string{"support", "a/b", "..", ".", "", "../x", "%2f", "a b?c#d", "é\n", "{x}", "\x00\xff"} {
		f.Add(value, "plain")
		f.Add("plain", value)
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		got := expand("/rooms/{room_name}/services/{service_id}", first, second)
		unaddressable := func(value string) bool { return value == "" || value == "." || value == ".." }
		if got.err != nil {
			if !unaddressable(first) && !unaddressable(second) {
				t.Errorf("%q, %q: %v", first, second, got.err)
			}
			return
		}
		steps := strings.Split(got.path, "/")
		if len(steps) != 5 || steps[1] != "rooms" || steps[3] != "services" {
			t.Fatalf("%q, %q lead to %s", first, second, got.path)
		}
		for i, want := range map[int]string{2: first, 4: second} {
			if value, err := url.PathUnescape(steps[i]); err != nil || value != want || unaddressable(steps[i]) {
				t.Errorf("%q became %s (%v)", want, steps[i], err)
			}
		}
		if parsed, err := url.Parse("https://api.example.com" + got.path); err != nil || parsed.EscapedPath() != got.path || parsed.RawQuery != "" || parsed.Fragment != "" {
			t.Errorf("%s is read as %v (%v)", got.path, parsed, err)
		}
	})
}

func FuzzGrantKey(f *testing.F) {
	f.Add("room", "user", "")
	f.Add("a/b", "", "x/y@example.com")
	f.Add("%2f", "/", "//")
	f.Fuzz(func(t *testing.T, room, user, email string) {
		want := grantKey{room, user, email}
		if got := parseGrantKey(want.String()); got != want {
			t.Errorf("%+v was written as %s and read as %+v", want, want, got)
		}
	})
}

func FuzzErrorWords(f *testing.F) {
	f.Add(http.StatusBadRequest, "text/plain", "400: no room\nwith name \"x\"")
	f.Add(http.StatusConflict, "application/json", `{"error": {"message": "a\u0000b"}}`)
	f.Add(http.StatusBadGateway, "text/html", "<html>")
	f.Add(http.StatusNotFound, ";", "\xff\xfe")
	f.Fuzz(func(t *testing.T, status int, contentType, body string) {
		resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}}
		got := words(resp, []byte(body), APIKey{})
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > 301 || strings.ContainsFunc(got, unicode.IsControl) {
			t.Errorf("%q became %q", body, got)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, value := range []string{"", "7", "-1", "99999999999999999999", "Mon, 02 Jan 2006 15:04:05 GMT", "soon", "1e3"} {
		f.Add(value, "Mon, 02 Jan 2006 15:04:00 GMT")
		f.Add(value, "")
	}
	f.Fuzz(func(t *testing.T, value, date string) {
		got := retryAfter(http.Header{"Retry-After": {value}, "Date": {date}}, time.Unix(1136214240, 0))
		if got < time.Second || got > maxPause {
			t.Errorf("%q at %q: %s", value, date, got)
		}
	})
}

// A scope must keep its meaning when it is written and read.
func FuzzAPIScope(f *testing.F) {
	f.Add(`{"queues": {"send": ["b", "a", "a"], "list": null}, "livekit": {}, "admin": null}`)
	f.Add(`{"database": {"tables": [{"name": "t"}]}, "tunnels": {"ports": []}}`)
	f.Add(`{"memory": {"memories": [{"name": "m", "permissions": null}]}, "containers": {"registry": {"pull": []}}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var scope APIScope
		if json.Unmarshal([]byte(text), &scope) != nil {
			return
		}
		once, err := json.Marshal(scope)
		if err != nil {
			t.Fatal(err)
		}
		var again APIScope
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatal(err)
		}
		if twice, err := json.Marshal(again); err != nil || string(twice) != string(once) {
			t.Errorf("%s is written as %s, and then as %s (%v)", text, once, twice, err)
		}
	})
}

// A service from MeshAgent must survive being read and written.
func FuzzService(f *testing.F) {
	f.Add(`{"id": "1", "version": "v1", "kind": "Service", "metadata": {"name": "x"}, "ports": [{"num": "8000", "endpoints": [{"path": "/a"}]}]}`)
	f.Add(`{"id": "1", "metadata": {"name": "x", "annotations": {"a": "b"}}, "container": {"image": "i", "environment": [{"name": "A", "value": null}]}, "external": null}`)
	f.Fuzz(func(t *testing.T, text string) {
		var service Service
		if json.Unmarshal([]byte(text), &service) != nil {
			return
		}
		once, err := json.Marshal(service.Written())
		if err != nil {
			t.Fatal(err)
		}
		var again ServiceSpec
		if err := json.Unmarshal(once, &again); err != nil {
			t.Fatalf("%s is written as %s, which cannot be read: %v", text, once, err)
		}
		if twice, err := json.Marshal(again); err != nil || string(twice) != string(once) {
			t.Errorf("%s is written as %s, and then as %s (%v)", text, once, twice, err)
		}
	})
}
