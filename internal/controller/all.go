// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package controller has one file for each kind, and in All their list: the table of contents of
// the operator.
package controller

import (
	"encoding/json"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// All are the controllers of the operator.
var All = []engine.Controller{
	engine.Project{},
	&Room,
	&RoomGrant,
	&Secret,
	&Service,
	&Route,
	&Feed,
	&FeedSubscription,
	&File,
	&ScheduledTask,
	&LLMLogger,
	&Mailbox,
	&Repository,
	&Share,
	&ManagedAgent,
	&AgentGrant,
	&AgentRoomGrant,
	&Webhook,
	&ProjectMember,
	&ProjectSettings,
	&ExternalOAuth,
}

// optional is a list of a reference that may be missing.
func optional[T interface {
	Resource() v1alpha1.ResourceReference
}](ref *T) []v1alpha1.ResourceReference {
	if ref == nil {
		return nil
	}
	return []v1alpha1.ResourceReference{(*ref).Resource()}
}

// freeJSON reads a JSON object of a spec, with all digits of its numbers.
func freeJSON(field string, raw *runtime.RawExtension) (meshagent.Object, error) {
	var object meshagent.Object
	if raw == nil {
		return object, nil
	}
	if err := json.Unmarshal(raw.Raw, &object); err != nil {
		return nil, verdict.Invalid(msgNotObject, field, err)
	}
	return object, nil
}

// nameOr is the name that a resource should have: the one in the spec, else that of its object.
func nameOr(name string, obj client.Object) string {
	if name != "" {
		return name
	}
	return obj.GetName()
}

// What the engine itself needs, apart from the kinds: to read the API key's Secret (and no more
// than the metadata of the others), the labels of namespaces for allowedNamespaces, and to send
// events.
//
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;list;watch
// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojects,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojects/status,verbs=patch

// toAgents declares references to managed agents. What refers to one needs its ID or its name, and
// does not wait for the secrets that the agent itself waits for.
func toAgents[O v1alpha1.Object](of func(O) []v1alpha1.ResourceReference) engine.Reference[O] {
	return engine.ToNamed(&v1alpha1.MeshManagedAgent{}, of, func(project *meshagent.Project) meshagent.Collection[meshagent.ManagedAgentSpec, meshagent.ManagedAgent] {
		return project.ManagedAgents()
	}).Identified()
}

// toRooms declares references to rooms.
func toRooms[O v1alpha1.Object](of func(O) []v1alpha1.ResourceReference) engine.Reference[O] {
	return engine.ToNamed(&v1alpha1.MeshRoom{}, of, func(project *meshagent.Project) meshagent.Collection[meshagent.RoomSpec, meshagent.Room] {
		return project.Rooms()
	})
}
