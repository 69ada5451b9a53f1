// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

func TestWhichEndpointsAreAllowed(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		entries, endpoint string
		want              bool
	}{
		{"*", "http://anything:1234/x", true},
		{"", "https://api.meshagent.com", false},
		{"https://api.meshagent.com", "https://api.meshagent.com", true},
		{"https://api.meshagent.com", "https://api.meshagent.com/some/path", true},
		{"https://API.meshagent.com/", "HTTPS://api.MESHAGENT.com:443/", true},
		{"https://api.meshagent.com:443", "https://api.meshagent.com.", true},
		{"http://meshagent.svc", "http://meshagent.svc:80", true},
		{"https://api.meshagent.com", "http://api.meshagent.com", false},
		{"https://api.meshagent.com", "https://api.meshagent.com:8443", false},
		{"https://api.meshagent.com:8443", "https://api.meshagent.com", false},
		{"https://api.meshagent.com", "https://api.meshagent.com.example.com", false},
		{"https://api.meshagent.com", "https://evil.example.com/api.meshagent.com", false},
		{"https://api.meshagent.com", "https://api.meshagent.com@evil.example.com", false},
		{"https://api.meshagent.com", "://", false},
		{"https://*.example.com", "https://eu.example.com", true},
		{"https://*.example.com", "https://a.eu.example.com", true},
		{"https://*.example.com", "https://example.com", false},
		{"https://*.example.com", "https://.example.com", false},
		{"https://*.example.com", "https://badexample.com", false},
		{"https://*.example.com", "https://eu.example.com:8443", false},
		{"https://*.example.com:8443", "https://eu.example.com:8443", true},
		{"https://[::1]:8443", "https://[::1]:8443", true},
		{"https://a.example.com,http://b.example.com", "http://b.example.com", true},
	} {
		allowed := Endpoints{}
		if test.entries != "" {
			var err error
			if allowed, err = ParseEndpoints(strings.Split(test.entries, ",")...); err != nil {
				t.Fatal(err)
			}
		}
		if got := allowed.Allow(test.endpoint); got != test.want {
			t.Errorf("%q allows %s: %t", test.entries, test.endpoint, got)
		}
	}
}

func TestEntriesThatAllowNoEndpoint(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"api.meshagent.com", "ftp://a.example.com", "https://", "https://a.example.com/path", "https://a.example.com?x=y", "https://a.example.com#x",
		"https://me:secret@a.example.com", "https://a.*.example.com", "https://*", "https://*example.com", "https://a b", "",
	} {
		_, err := ParseEndpoints(entry)
		if err == nil {
			t.Errorf("%q is taken", entry)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("a password is shown: %v", err)
		}
	}
}

// Nothing is read for an endpoint that is not allowed, not even the Secret.
func TestAnEndpointThatIsNotAllowedIsNotOpened(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		own, other := p.project("own", simulator.DevelopmentKey, nil), p.project("other", simulator.DevelopmentKey, nil)
		other.Spec.Endpoint = "https://elsewhere.example.com"
		var err error
		if p.Endpoints, err = ParseEndpoints("https://api.meshagent.com"); err != nil {
			t.Fatal(err)
		}
		p.open(own)
		reads := p.reads.Load()
		_, err = p.Open(t.Context(), other)
		if v := verdict.Of(err); v.Reason != v1alpha1.ReasonEndpointNotAllowed || v.Class != verdict.Refused {
			t.Errorf("got %v", err)
		}
		for _, named := range []string{"--allowed-endpoints", "allowedEndpoints", other.Spec.Endpoint} {
			if !strings.Contains(err.Error(), named) {
				t.Errorf("the message does not name %s: %v", named, err)
			}
		}
		if p.reads.Load() != reads {
			t.Error("the Secret was read")
		}
		p.Endpoints, _ = ParseEndpoints("https://elsewhere.example.com")
		p.open(other)
		if _, err := p.Open(t.Context(), own); verdict.Of(err).Reason != v1alpha1.ReasonEndpointNotAllowed {
			t.Errorf("its own endpoint, which the list does not have: %v", err)
		}
	})
}
