// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"time"
)

// changeSpec changes what is declared of a room, and waits until MeshAgent has it.
func (d *demo) changeSpec(ctx context.Context) error {
	const path, value = "metadata.team", "customer-care"
	room, err := d.sampleRoom()
	if err != nil {
		return err
	}
	id, err := d.id(ctx, room)
	if err != nil {
		return err
	}
	before, at := d.room(id), time.Now()
	patch := `{"spec":{"metadata":{"team":"` + value + `"}}}`
	err = d.showKubectl(ctx, append(room.command("patch"), "--type=merge", "-p", patch)...)
	if err != nil {
		return err
	}
	err = d.await(ctx, func(context.Context) string {
		if now := d.room(id)[path]; now != value {
			return fmt.Sprintf("in MeshAgent, %s is still %q", path, now)
		}
		return ""
	})
	if err != nil {
		return err
	}
	took := time.Since(at)
	d.table(compare([]string{"IN MESHAGENT", "BEFORE", "NOW"}, before, d.room(id)))
	d.detail("MeshAgent had it %s after kubectl was started.", seconds(took))
	return d.awaitReady(ctx, room)
}
