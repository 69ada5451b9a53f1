// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
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
		if got := engine.CanonicalID(id); got != want {
			t.Errorf("%s: got %s, want %s", id, got, want)
		}
	}
}

// A room is found by its id in capitals.
func TestAReferenceByAnIDInCapitals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room, service := newRoom(), newRoomService()
		s := newStage(t, simulator.Behavior{}, room, service)
		_, _ = s.pass(room)
		s.edit(service, func() { service.Spec.RoomRef = &v1alpha1.ResourceReference{External: strings.ToUpper(room.Status.ID)} })
		_, _ = s.pass(service)
		s.mustSay(service, "Synced=True InSync")
	})
}
