// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"testing"
	"testing/fstest"

	"k8s.io/client-go/rest"
)

func TestLimitMemory(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, c := range map[string]struct {
		files fstest.MapFS
		env   string
		want  int64
	}{
		"version 2":              {fstest.MapFS{memoryLimitFiles[0]: file("268435456\n")}, "", 241591910},
		"version 1":              {fstest.MapFS{memoryLimitFiles[1]: file("100000000\n")}, "", 90000000},
		"no limit":               {fstest.MapFS{memoryLimitFiles[0]: file("max\n")}, "", 0},
		"no container":           {fstest.MapFS{}, "", 0},
		"with a limit of Go's":   {fstest.MapFS{memoryLimitFiles[0]: file("268435456\n")}, "200MiB", 0},
		"something else in it":   {fstest.MapFS{memoryLimitFiles[0]: file("\n")}, "", 0},
		"a limit of zero, ahead": {fstest.MapFS{memoryLimitFiles[0]: file("0\n")}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := int64(0)
			limitMemory(c.files, func(string) string { return c.env }, func(limit int64) int64 { got = limit; return 0 })
			if got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

// proxied is set in the environment of TestProxy's own process: the environment says only once
// which proxy to use.
const proxied = "TEST_PROXIED"

func TestProxy(t *testing.T) {
	t.Parallel()
	if os.Getenv(proxied) != "" {
		asksTheAPIServer(t)
		return
	}
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, "the proxy does not know "+r.Host, http.StatusForbidden)
	}))
	defer proxy.Close()
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxy$", "-test.v")
	// No address of this machine is ever asked for through a proxy. This one is for documentation.
	again.Env = append(os.Environ(), proxied+"=yes", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=",
		"KUBERNETES_SERVICE_HOST=192.0.2.1", "KUBERNETES_SERVICE_PORT=443")
	if out, err := again.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// asksTheAPIServer looks at which proxy the transports of client-go take.
func asksTheAPIServer(t *testing.T) {
	t.Helper()
	given := &url.URL{Scheme: "http", Host: "proxy.example.com"}
	for name, c := range map[string]struct {
		config rest.Config
		want   string
	}{
		"of this cluster":          {rest.Config{Host: "https://192.0.2.1:443"}, ""},
		"of another cluster":       {rest.Config{Host: "https://192.0.2.2:443"}, os.Getenv("HTTPS_PROXY")},
		"with a proxy of its own ": {rest.Config{Host: "https://192.0.2.1:443", Proxy: http.ProxyURL(given)}, given.String()},
	} {
		withoutProxy(&c.config)
		choose := c.config.Proxy
		if choose == nil {
			choose = http.ProxyFromEnvironment
		}
		got := ""
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, c.config.Host+"/api", nil)
		if proxy, err := choose(request); err != nil {
			t.Error(err)
		} else if proxy != nil {
			got = proxy.String()
		}
		if got != c.want {
			t.Errorf("%s: got proxy %q, want %q", name, got, c.want)
		}
	}
}
