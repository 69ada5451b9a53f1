// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshmailboxes,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshmailboxes/status,verbs=patch

// Mailbox puts messages for an address into a queue of a room.
var Mailbox = engine.Kind[*v1alpha1.MeshMailbox, meshagent.MailboxSpec, meshagent.Mailbox]{
	Object:     &v1alpha1.MeshMailbox{},
	Collection: engine.InProject[*v1alpha1.MeshMailbox]((*meshagent.Project).Mailboxes),
	References: []engine.Reference[*v1alpha1.MeshMailbox]{
		toRooms(func(mailbox *v1alpha1.MeshMailbox) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{mailbox.Spec.RoomRef}
		}),
	},
	Desired: desiredMailbox,
	Adapt:   adaptMailbox,
}

func desiredMailbox(mailbox *v1alpha1.MeshMailbox, in engine.Inputs) (meshagent.MailboxSpec, error) {
	room := in.Resolved(&v1alpha1.MeshRoom{}, mailbox.Spec.RoomRef)
	return meshagent.MailboxSpec{
		Address: mailbox.Spec.Address, RoomID: room.ID, Room: room.Name, Queue: mailbox.Spec.Queue,
		Public: mailbox.Spec.Public != nil && *mailbox.Spec.Public, Annotations: mailbox.Spec.Annotations,
	}, nil
}

// adaptMailbox takes a room of the same id for the same room, whatever it was called when the
// mailbox was written.
func adaptMailbox(desired meshagent.MailboxSpec, remote meshagent.Mailbox) meshagent.MailboxSpec {
	if remote.RoomID != "" && remote.RoomID == desired.RoomID {
		desired.Room = remote.Room
	}
	return desired
}
