// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
)

// item is something that MeshAgent holds, without its values.
type item struct{ collection, id, name string }

func (i item) key() string { return i.collection + "\n" + i.id }

// contents are all that MeshAgent holds.
func (d *demo) contents() (items []item) {
	for _, collection := range d.meshagent.Overview(0).Collections {
		for _, row := range collection.Rows {
			items = append(items, item{collection.Path, row.ID, row.Name})
		}
	}
	return items
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
func (d *demo) showMeshAgent(context.Context) error {
	items := d.contents()
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
