// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

const roomCollection = "rooms"

// sampleRoom returns the first room among the samples.
func (d *demo) sampleRoom() (object, error) {
	for _, sample := range d.samples {
		if sample.kind.Kind == "MeshRoom" {
			return sample, nil
		}
	}
	return object{}, errors.New("there is no MeshRoom among the samples")
}

// id returns the id that the resource has in MeshAgent.
func (d *demo) id(ctx context.Context, o object) (string, error) {
	_, status, err := d.read(ctx, o)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", o, err)
	}
	return status.ID, nil
}

// room returns what MeshAgent holds of a room, as values by path, without the operator's own mark. There may be no such room.
func (d *demo) room(id string) map[string]string {
	for _, document := range d.meshagent.Documents(roomCollection) {
		if document["id"] == id {
			return values(document)
		}
	}
	return nil
}

func values(room map[string]any) map[string]string {
	byPath := map[string]string{}
	for _, member := range []string{"name", "annotations", "metadata"} {
		flatten(byPath, member, room[member])
	}
	delete(byPath, "annotations."+v1alpha1.OwnerAnnotation)
	return byPath
}

// flatten notes a JSON value, or all that is in it.
func flatten(byPath map[string]string, path string, value any) {
	switch value := value.(type) {
	case nil:
	case map[string]any:
		for key, inner := range value {
			flatten(byPath, path+"."+key, inner)
		}
	default:
		byPath[path] = fmt.Sprint(value)
	}
}

// compare makes a table of the values that differ between some states of a room.
func compare(titles []string, states ...map[string]string) [][]string {
	paths := map[string]bool{}
	for _, state := range states {
		for path := range state {
			paths[path] = true
		}
	}
	rows := [][]string{titles}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		row := []string{path}
		for _, state := range states {
			row = append(row, cmp.Or(state[path], "-"))
		}
		if len(slices.Compact(slices.Clone(row[1:]))) > 1 {
			rows = append(rows, row)
		}
	}
	return rows
}
