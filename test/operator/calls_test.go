// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// looks lists the reads of a collection, or of the project if there is none.
func (w *world) looks(route string) []string {
	prefix := "GET " + route
	if route == "" {
		prefix = "GET /accounts/projects/"
	}
	return slices.DeleteFunc(w.calls(http.MethodGet), func(call string) bool { return !strings.HasPrefix(call, prefix) })
}

// listedTimes waits until the rooms were listed so many times more.
func (w *world) listedTimes(ctx SpecContext, times int) {
	GinkgoHelper()
	w.meshagent.ResetCalls()
	Eventually(func() int {
		first := 0
		for _, call := range w.meshagent.Calls() {
			if strings.HasSuffix(call.Path, "/rooms") && strings.Contains(call.Query, "offset=0") {
				first++
			}
		}
		return first
	}).WithContext(ctx).Should(BeNumerically(">=", times))
}

// calls lists what was asked of MeshAgent since the record was reset, as "POST rooms".
func (w *world) calls(methods ...string) []string {
	var calls []string
	for _, call := range w.meshagent.Calls() {
		if len(methods) == 0 || slices.Contains(methods, call.Method) {
			calls = append(calls, call.Method+" "+strings.TrimPrefix(call.Path, "/accounts/projects/"+w.meshagent.ProjectID()+"/"))
		}
	}
	return calls
}

// written lists the calls that change something.
func (w *world) written() []string {
	return w.calls(http.MethodPost, http.MethodPut, http.MethodDelete)
}
