// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

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
		t.Errorf("the operator sent no request: %s", out)
	}
}
