// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"net/http"
	"testing"

	"github.com/meshagent/meshagent-operator/internal/engine"
)

// An endpoint that answers with codes of its own must not be able to make a series of each.
func TestCodesOfMetricsAreFew(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{0: "error", http.StatusOK: "200", http.StatusTeapot: "418", 526: "5xx", 999: "9xx"} {
		if got := engine.CodeOf(status); got != want {
			t.Errorf("%d: got %q, want %q", status, got, want)
		}
	}
}
