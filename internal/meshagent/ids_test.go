// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent_test

import (
	"testing"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

func TestCanonicalID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"7C9E6679-7425-40DE-944B-E07FC1F90AE7":   "7c9e6679-7425-40de-944b-e07fc1f90ae7",
		"{7C9E6679-7425-40DE-944B-E07FC1F90AE7}": "{7C9E6679-7425-40DE-944B-E07FC1F90AE7}",
		"7C9E6679742540DE944BE07FC1F90AE7":       "7C9E6679742540DE944BE07FC1F90AE7",
		"Support":                                "Support",
		"":                                       "",
	} {
		if got := meshagent.CanonicalID(id); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
}
