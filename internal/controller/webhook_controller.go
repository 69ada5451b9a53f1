// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshwebhooks,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshwebhooks/status,verbs=patch

// Webhook keeps a webhook of a project.
var Webhook = engine.Kind[*v1alpha1.MeshWebhook, meshagent.WebhookSpec, meshagent.Webhook]{
	Object:     &v1alpha1.MeshWebhook{},
	Collection: engine.InProject[*v1alpha1.MeshWebhook]((*meshagent.Project).Webhooks),
	Needs: func(*v1alpha1.MeshWebhook) []engine.Need {
		return []engine.Need{{Feature: meshagent.Webhooks, Instead: "Receive events in a service instead"}}
	},
	WriteOnly: func(webhook *v1alpha1.MeshWebhook) []engine.WriteOnly {
		return []engine.WriteOnly{{Path: drift.Path{"secret"}, Field: "spec.secretRef", From: webhook.Spec.SecretRef}}
	},
	Desired:  desiredWebhook,
	Defaults: &meshagent.WebhookSpec{Description: new("")},
}

func desiredWebhook(webhook *v1alpha1.MeshWebhook, _ engine.Inputs) (meshagent.WebhookSpec, error) {
	spec := meshagent.WebhookSpec{
		Name: nameOr(webhook.Spec.Name, webhook), URL: webhook.Spec.URL, Events: webhook.Spec.Events,
		Description: webhook.Spec.Description, Action: webhook.Spec.Action,
	}
	var err error
	spec.Payload, err = freeJSON("spec.payload", webhook.Spec.Payload)
	return spec.Ordered(), err
}
