// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"cmp"

	"github.com/google/uuid"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

func describeRoomGrant(grant *v1alpha1.MeshRoomGrant) {
	grant.Status.Subject = cmp.Or(grant.Spec.Email, shortened(grant.Spec.UserID))
}

func describeAgentGrant(grant *v1alpha1.MeshAgentGrant) {
	grant.Status.Subject = cmp.Or(grant.Spec.Email, shortened(grant.Spec.UserID))
}

func describeSecret(secret *v1alpha1.MeshSecret) {
	switch {
	case secret.Spec.RoomRef != nil:
		secret.Status.Scope = "room/" + nameOfReference(secret.Spec.RoomRef.Resource())
	case secret.Spec.AgentRef != nil:
		secret.Status.Scope = "agent/" + nameOfReference(secret.Spec.AgentRef.Resource())
	default:
		secret.Status.Scope = "project"
	}
}

func describeRoute(route *v1alpha1.MeshRoute) {
	if ref := route.Spec.Backend.RoomRef; ref != nil {
		route.Status.Backend = "room/" + nameOfReference(ref.Resource())
	} else if ref := route.Spec.Backend.AgentRef; ref != nil {
		route.Status.Backend = "agent/" + nameOfReference(ref.Resource())
	}
}

func describeService(service *v1alpha1.MeshService) {
	switch {
	case service.Spec.Template != nil:
		service.Status.Type = "Template"
	case service.Spec.External != nil:
		service.Status.Type = "External"
	default:
		service.Status.Type = "Container"
	}
}

// nameOfReference is what a column shows of a reference.
func nameOfReference(ref v1alpha1.ResourceReference) string {
	return cmp.Or(string(ref.Name), ref.ExternalName, shortened(ref.ExternalID))
}

// shortened is the beginning of a UUID, since a whole one breaks the lines of kubectl get. Other
// names stay.
func shortened(name string) string {
	const beginning = len("00000000")
	if len(name) == len(uuid.UUID{}.String()) && uuid.Validate(name) == nil {
		return name[:beginning] + "…"
	}
	return name
}

// shortenedTo is the beginning of a text of MeshAgent's that is longer than a status field allows.
func shortenedTo(most int, text string) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}
