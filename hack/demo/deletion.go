// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// lounge is a room of the demo's own: on one of the samples, others may depend.
const loungePath = "hack/demo/lounge.yaml"

var lounge = object{v1alpha1.GroupVersion.WithKind("MeshRoom"), client.ObjectKey{Namespace: "default", Name: "lounge"}}

// deleteRoom shows that kubectl delete returns when the resource is gone from MeshAgent.
func (d *demo) deleteRoom(ctx context.Context) error {
	// It is one of those now that must be in order at the end.
	d.samples = append(d.samples, lounge)
	first, err := d.declareLounge(ctx)
	if err != nil {
		return err
	}
	if err := d.showKubectl(ctx, lounge.command("delete")...); err != nil {
		return err
	}
	if d.room(first) != nil {
		return fmt.Errorf("%s is gone from Kubernetes, but its room %s is still in MeshAgent", lounge, first)
	}
	d.detail("The room is gone from MeshAgent, too.")
	second, err := d.declareLounge(ctx)
	if err == nil && second == first {
		err = errors.New("the room that was made again has the id of the one that was deleted")
	}
	return err
}

// declareLounge returns the id of the room that MeshAgent then has.
func (d *demo) declareLounge(ctx context.Context) (id string, err error) {
	if err := d.showKubectl(ctx, "apply", "-f", loungePath); err != nil {
		return "", err
	}
	if err := d.awaitReady(ctx, lounge); err != nil {
		return "", err
	}
	if id, err = d.id(ctx, lounge); err != nil {
		return "", err
	}
	values := d.room(id)
	if values == nil {
		return "", fmt.Errorf("%s is Ready, but MeshAgent has no room with its id %q", lounge, id)
	}
	d.detail("MeshAgent has a room %q with the id %s.", values["name"], id)
	return id, nil
}

// checkAll ends the show with everything in its place.
func (d *demo) checkAll(ctx context.Context) error {
	if err := d.awaitReady(ctx, d.samples...); err != nil {
		return err
	}
	d.detail("All %d objects are Ready and Synced.", len(d.samples))
	return nil
}
