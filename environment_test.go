// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
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

// The operator as a process sends its very first request straight to the API server of its cluster.
func TestTheOperatorNeedsNoProxyForItsCluster(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	asked := make(chan string, 1)
	answering := func(who string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			select {
			case asked <- who:
			default: // the first one counts
			}
			cancel()
			w.WriteHeader(http.StatusForbidden)
		}
	}
	apiServer, proxy := httptest.NewTLSServer(answering("the API server")), httptest.NewServer(answering("the proxy"))
	defer apiServer.Close()
	defer proxy.Close()
	// This leads to this machine too, and unlike 127.0.0.1 a proxy would be asked for it.
	const host = "0.0.0.0"
	port := apiServer.URL[strings.LastIndex(apiServer.URL, ":")+1:]
	config := clientcmdapi.NewConfig()
	config.Clusters["own"] = &clientcmdapi.Cluster{Server: "https://" + host + ":" + port, InsecureSkipTLSVerify: true}
	config.Contexts["own"] = &clientcmdapi.Context{Cluster: "own"}
	config.CurrentContext = "own"
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	operator := exec.CommandContext(ctx, os.Args[0], "--owner-id=test", "--watch-namespaces=a", "--health-probe-bind-address=0")
	operator.Env = append(os.Environ(), asOperator+"=yes", clientcmd.RecommendedConfigPathEnvVar+"="+file,
		"HTTPS_PROXY="+proxy.URL, "NO_PROXY=", "no_proxy=", "KUBERNETES_SERVICE_HOST="+host, "KUBERNETES_SERVICE_PORT="+port)
	out, _ := operator.CombinedOutput() // it is ended as soon as it has asked
	select {
	case who := <-asked:
		if who != "the API server" {
			t.Errorf("it asked %s", who)
		}
	default:
		t.Errorf("it asked nobody: %s", out)
	}
}
