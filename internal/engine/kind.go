// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Object is a custom resource that mirrors something in MeshAgent.
type Object = v1alpha1.Object

// Kind is all that the engine knows about one kind: O is the custom resource, S what callers write of
// the resource in MeshAgent, R the resource. Collection and Desired are required. A new field needs two kinds that use it.
type Kind[O Object, S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	// Object is an empty object of the kind.
	Object O

	// Collection is where the resource lives. Parent is what Parent returned; "" without one. When an object is deleted, what it
	// referred to may be gone: only its own fields that cannot be changed, and parent, may be used.
	Collection func(project *meshagent.Project, obj O, parent string) meshagent.Collection[S, R]

	// Desired maps an object onto what is to be written. It must be pure. What it leaves out is left to others.
	// An error should say what in the spec cannot be used: Invalid does.
	Desired func(obj O, in Inputs) (S, error)

	// Adapt fills into what is desired what only the resource itself can tell, before the two are compared: such as a room's
	// name where the resource has its id. Nil means that there is nothing of the sort.
	Adapt func(desired S, remote R) S

	// Defaults are the values that MeshAgent fills in for fields that an update leaves out. In a list, the
	// first element has those of every element. A field that users remove from a spec has its default
	// afterwards. Nil means that MeshAgent fills in nothing that Desired does not say.
	Defaults *S

	// References are the other objects that this kind refers to. The engine waits for them and follows them. What the resource lies under comes
	// first: it must be found even if others are gone.
	References []Reference[O]

	// Sources are the Secrets and ConfigMaps that this kind reads.
	Sources []Source[O]

	// Parent is what the collection lies under, such as a room's name. Nil means the project.
	Parent func(obj O, in Inputs) string

	// Needs are the features of the API without which the object cannot be reconciled. Nil means: what all
	// servers of the supported generation have.
	Needs func(obj O) []Need

	// Ready says whether the resource is usable, and if not, why. Nil means: as soon as it exists.
	Ready func(remote R) (bool, string)

	// Hidden are the top members of a resource whose values are secret: they are compared, and never shown.
	Hidden []string

	// Report fills status fields beyond the common ones. Nil means that there are none.
	Report func(obj O, remote R)
}

// InProject adapts a collection that lies directly in the project.
func InProject[O Object, S meshagent.Spec[S], R meshagent.Resource[S]](collection func(*meshagent.Project) meshagent.Collection[S, R]) func(*meshagent.Project, O, string) meshagent.Collection[S, R] {
	return func(project *meshagent.Project, _ O, _ string) meshagent.Collection[S, R] { return collection(project) }
}
