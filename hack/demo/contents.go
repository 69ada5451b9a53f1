// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// item is something that MeshAgent holds, without its values.
type item struct{ collection, id, name string }

func (i item) key() string { return i.collection + "\n" + i.id }

// contents asks the simulator for all that it holds.
func (d *demo) contents(ctx context.Context) ([]item, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+"/_simulator/state.json", http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the simulator for what it holds: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	var state struct {
		Collections []struct {
			Path string
			Rows []struct{ ID, Name string }
		}
	}
	if err := json.NewDecoder(response.Body).Decode(&state); err != nil {
		return nil, fmt.Errorf("reading what the simulator holds: %w", err)
	}
	var items []item
	for _, collection := range state.Collections {
		for _, row := range collection.Rows {
			items = append(items, item{collection.Path, row.ID, row.Name})
		}
	}
	return items, nil
}

// readable writes names for the ids in the path of a collection, or in an id that is made of others.
func readable(path string, names map[string]string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = cmp.Or(names[part], part)
	}
	return strings.Join(parts, "/")
}

// showMeshAgent prints what MeshAgent holds since the operator is at work.
func (d *demo) showMeshAgent(ctx context.Context) error {
	items, err := d.contents(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, item := range items {
		names[item.id] = item.name
	}
	rows := [][]string{{"COLLECTION", "NAME", "ID"}}
	for _, item := range items {
		if !d.seeded[item.key()] {
			rows = append(rows, []string{readable(item.collection, names), cmp.Or(item.name, readable(item.id, names)), item.id})
		}
	}
	if len(rows) == 1 {
		return errors.New("MeshAgent holds nothing of what was declared")
	}
	d.table(rows)
	return nil
}
