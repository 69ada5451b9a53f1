// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// traits creates 100 objects of one kind of each trait that the mix lacks.
func traits(ctx context.Context, b *bench, out *findings) error {
	const n = 100
	floor, err := b.floor(ctx, n, traited)
	if err != nil {
		return err
	}
	return b.within(ctx, func(w *world) error {
		m, _, err := w.idle(ctx, out)
		if err != nil {
			return err
		}
		if err := w.creation(ctx, m, out, floor, n, traited); err != nil {
			return err
		}
		kinds := 0
		for _, obj := range traited(0) {
			if _, ok := obj.(mirrored); ok {
				kinds++
			}
		}
		if _, err = w.restart(ctx, m, out, kinds*n); err != nil {
			return err
		}
		var all []client.Object
		for i := range n {
			all = append(all, traited(i)...)
		}
		return w.deletion(ctx, out, all)
	})
}

// traited returns a room, with an agent and its grant there (a list for each agent), a mailbox (its
// address is its identity), a task (created below the room, listed in the project), a feed with a
// subscription (a list for each feed), a repository (whose creation shows it), and in the project a
// webhook (a value that is not read back, and two writes) and a file (no list).
func traited(i int) []client.Object {
	name := fmt.Sprintf("traits-%05d", i)
	inRoom, ofAgent := v1alpha1.ResourceReference{Name: v1alpha1.ObjectName(name)}, v1alpha1.ResourceReference{Name: v1alpha1.ObjectName(name)}
	agent := &v1alpha1.MeshManagedAgent{ObjectMeta: object(name)}
	agent.Spec.AllowedModels = []v1alpha1.AllowedModel{{Provider: v1alpha1.ProviderOpenAI, Model: "gpt-5"}}
	grant := &v1alpha1.MeshAgentRoomGrant{ObjectMeta: object(name)}
	grant.Spec.AgentRef, grant.Spec.RoomRef, grant.Spec.Permissions = ofAgent, inRoom, &v1alpha1.APIScope{Preset: "Agent"}
	mailbox := &v1alpha1.MeshMailbox{ObjectMeta: object(name)}
	mailbox.Spec.Address, mailbox.Spec.RoomRef, mailbox.Spec.Queue = name+"@mail.meshagent.example", inRoom, "letters"
	task := &v1alpha1.MeshScheduledTask{ObjectMeta: object(name)}
	task.Spec.RoomRef, task.Spec.Schedule, task.Spec.Queue = inRoom, "1 days", &v1alpha1.ScheduledTaskQueue{Name: "jobs"}
	feed := &v1alpha1.MeshFeed{ObjectMeta: object(name)}
	subscription := &v1alpha1.MeshFeedSubscription{ObjectMeta: object(name)}
	subscription.Spec.FeedRef.Name, subscription.Spec.RoomRef, subscription.Spec.Path = v1alpha1.ObjectName(name), inRoom, "feed/"
	repository := &v1alpha1.MeshRepository{ObjectMeta: object(name)}
	webhook := &v1alpha1.MeshWebhook{ObjectMeta: object(name)}
	webhook.Spec.URL, webhook.Spec.Events = "https://hooks.example.com/"+name, []string{"*"}
	webhook.Spec.SecretRef = &v1alpha1.SecretKeyReference{Name: v1alpha1.ObjectName(name), Key: "KEY"}
	file := &v1alpha1.MeshFile{ObjectMeta: object(name)}
	file.Spec.Path, file.Spec.Content.Text = "files/"+name, new("One of many")
	return append([]client.Object{room(name), agent, grant, mailbox, task, feed, subscription, repository, webhook, file}, secret(name)...)
}
