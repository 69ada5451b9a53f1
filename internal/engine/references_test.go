// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"strings"
	"testing"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Anyone who can create rooms can give one the name that is another one's ID.
func TestAnIDIsNeverTakenForANameNorANameForAnID(t *testing.T) {
	t.Parallel()
	sim := simulator.New()
	id := sim.Add("rooms", map[string]any{"name": "payments", "metadata": map[string]any{}})
	twin := sim.Add("rooms", map[string]any{"name": id, "metadata": map[string]any{}})
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
	rooms := ToNamed(&v1alpha1.MeshRoom{}, func(*v1alpha1.MeshService) []v1alpha1.ResourceReference { return nil },
		func(project *meshagent.Project) meshagent.Collection[meshagent.RoomSpec, meshagent.Room] {
			return project.Rooms()
		})
	for _, test := range []struct {
		ref  v1alpha1.ResourceReference
		want Resolved // none: it does not exist
	}{
		{v1alpha1.ResourceReference{ExternalID: id}, Resolved{ID: id, Name: "payments", Ready: true}},
		{v1alpha1.ResourceReference{ExternalID: strings.ToUpper(id)}, Resolved{ID: id, Name: "payments", Ready: true}},
		{v1alpha1.ResourceReference{ExternalName: "payments"}, Resolved{ID: id, Name: "payments", Ready: true}},
		{v1alpha1.ResourceReference{ExternalName: id}, Resolved{ID: twin, Name: id, Ready: true}},
		{v1alpha1.ResourceReference{ExternalName: twin}, Resolved{}},
		{v1alpha1.ResourceReference{ExternalID: "payments"}, Resolved{}},
	} {
		found, err := rooms.find(t.Context(), env, connection, test.ref)
		if found != test.want {
			t.Errorf("%+v leads to %+v, %v", test.ref, found, err)
		}
		if missing := err != nil && verdict.Of(err).Reason == v1alpha1.ReasonReferenceNotFound; missing != (test.want == Resolved{}) {
			t.Errorf("%+v: %v", test.ref, err)
		}
	}
}
