// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"testing"
	"time"

	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Anyone who may create rooms can give one the name that is another one's id.
func TestTheIDOfARoomCannotBeTaken(t *testing.T) {
	t.Parallel()
	sim := simulator.New()
	id := sim.Add("rooms", map[string]any{"name": "payments", "metadata": map[string]any{}})
	sim.Add("rooms", map[string]any{"name": id, "metadata": map[string]any{}})
	key, err := meshagent.ParseAPIKey(simulator.DevelopmentKey)
	if err != nil {
		t.Fatal(err)
	}
	client, err := meshagent.New(meshagent.Options{Key: key, Transport: sim})
	if err != nil {
		t.Fatal(err)
	}
	env := &Environment{DriftInterval: time.Hour}
	connection := &projects.Connection{ID: t.Name(), Client: client, Project: client.Project(key.ProjectID)}
	for external, want := range map[string]string{id: "payments", "payments": "payments"} {
		found, err := findRoom(t.Context(), env, connection, external)
		if err != nil || found.Name != want || found.ID != id {
			t.Errorf("%s leads to %+v, %v", external, found, err)
		}
	}
}
