// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Reads lists the reads of a collection, or of the project if route is "".
func (w *Env) Reads(route string) []string {
	prefix := "GET " + route
	if route == "" {
		prefix = "GET /accounts/projects/"
	}
	return slices.DeleteFunc(w.Calls(http.MethodGet), func(call string) bool { return !strings.HasPrefix(call, prefix) })
}

// ExpectLists waits until the rooms were listed that many more times.
func (w *Env) ExpectLists(ctx context.Context, times int) {
	GinkgoHelper()
	w.MeshAgent.ResetCalls()
	Eventually(func() int {
		first := 0
		for _, call := range w.MeshAgent.Calls() {
			if strings.HasSuffix(call.Path, "/rooms") && strings.Contains(call.Query, "offset=0") {
				first++
			}
		}
		return first
	}).WithContext(ctx).Should(BeNumerically(">=", times))
}

// Calls lists the requests to MeshAgent since the record was reset, as "POST rooms".
func (w *Env) Calls(methods ...string) []string {
	var calls []string
	for _, call := range w.MeshAgent.Calls() {
		if len(methods) == 0 || slices.Contains(methods, call.Method) {
			calls = append(calls, call.Method+" "+strings.TrimPrefix(call.Path, "/accounts/projects/"+w.MeshAgent.ProjectID()+"/"))
		}
	}
	return calls
}

// Writes lists the calls that change something.
func (w *Env) Writes() []string {
	return w.Calls(http.MethodPost, http.MethodPut, http.MethodDelete)
}
