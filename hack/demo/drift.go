// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// remark is an annotation of somebody else's, which no spec mentions.
const remark = "remark"

// correctDrift changes a room as somebody with a MeshAgent account could, and waits until the operator has set it right.
func (d *demo) correctDrift(ctx context.Context) error {
	room, err := d.sampleRoom()
	if err != nil {
		return err
	}
	id, err := d.id(ctx, room)
	if err != nil {
		return err
	}
	before := d.room(id)
	var changed map[string]string
	// The operator may see it, and set it right, as soon as Edit returns.
	found := d.meshagent.Edit(roomCollection, id, func(document map[string]any) {
		meddle(document)
		changed = values(document)
	})
	if !found {
		return fmt.Errorf("MeshAgent has no room %q, the id of %s", id, room)
	}
	at := time.Now()
	d.detail("Somebody renames the room %q to %q, changes its annotations and adds one. The operator looks every %s.",
		before["name"], changed["name"], driftInterval)

	err = d.await(ctx, func(context.Context) string {
		return differing(before, d.room(id))
	})
	if err != nil {
		return err
	}
	took := time.Since(at)
	d.table(compare([]string{"IN MESHAGENT", "DECLARED", "CHANGED TO", "NOW"}, before, changed, d.room(id)))
	d.detail("It was set right after %s. What the spec does not mention, the new annotation, is left to others.", seconds(took))
	if d.room(id)["annotations."+remark] == "" {
		return fmt.Errorf("the annotation %q, which the spec does not mention, was lost", remark)
	}

	if err := d.await(ctx, func(ctx context.Context) string { return d.missingEvent(ctx, room, "DriftCorrected") }); err != nil {
		return err
	}
	if err := d.showKubectl(ctx, room.command("events", "--for")...); err != nil {
		return err
	}
	return d.awaitReady(ctx, d.samples...)
}

// meddle changes all that was declared of a room's name and annotations, but for the operator's mark.
func meddle(room map[string]any) {
	room["name"] = "taken-over"
	annotations, ok := room["annotations"].(map[string]any)
	if !ok {
		annotations = map[string]any{}
		room["annotations"] = annotations
	}
	for key := range annotations {
		if !strings.HasPrefix(key, "meshagent.com/") {
			annotations[key] = "meddled-with"
		}
	}
	annotations[remark] = "I was here"
}

// differing says what first of a room is not as it was before, or "".
func differing(before, now map[string]string) string {
	for _, path := range slices.Sorted(maps.Keys(before)) {
		if now[path] != before[path] {
			return fmt.Sprintf("in MeshAgent, %s is %q, not %q", path, now[path], before[path])
		}
	}
	return ""
}

// missingEvent says that there is no such event yet, or "".
func (d *demo) missingEvent(ctx context.Context, o object, reason string) string {
	var events eventsv1.EventList
	if err := d.cluster.List(ctx, &events, client.InNamespace(o.key.Namespace)); err != nil {
		return "events cannot be read: " + err.Error()
	}
	for _, event := range events.Items {
		if event.Regarding.Kind == o.kind.Kind && event.Regarding.Name == o.key.Name && event.Reason == reason {
			return ""
		}
	}
	return fmt.Sprintf("no event %s for %s yet", reason, o)
}
