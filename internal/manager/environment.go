// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime/debug"
	"strconv"
	"strings"

	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
)

// memoryShare is how much of the container's memory Go may use before it collects garbage at any
// cost. The rest is for what Go doesn't count.
const memoryShare = 0.9

// memoryLimitFiles hold the limit of the container, in cgroups of version 2 and 1.
var memoryLimitFiles = []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"}

// LimitMemory has Go respect the memory limit of the container, which it doesn't know otherwise:
// then it would let garbage grow until the kernel kills the process. GOMEMLIMIT takes precedence.
func LimitMemory() { limitMemory(os.DirFS("/"), os.Getenv, debug.SetMemoryLimit) }

func limitMemory(root fs.FS, getenv func(string) string, set func(int64) int64) {
	if getenv("GOMEMLIMIT") != "" {
		return
	}
	for _, file := range memoryLimitFiles {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			continue
		}
		if limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && limit > 0 { // not "max"
			set(int64(float64(limit) * memoryShare))
		}
		return
	}
}

// withoutProxy sends requests to the API server of the operator's own cluster straight there,
// whatever HTTPS_PROXY says: the proxy is for MeshAgent, and it can rarely reach the API server.
func withoutProxy(config *rest.Config) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || config.Proxy != nil || config.Host != "https://"+net.JoinHostPort(host, port) {
		return
	}
	config.Proxy = func(*http.Request) (*url.URL, error) { return nil, nil } //nolint:nilnil // that is how http.Transport has it
	ctrl.Log.V(1).Info("Requests to the Kubernetes API server use no proxy")
}
