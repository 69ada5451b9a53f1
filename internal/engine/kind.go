// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Kind is all that the engine knows about one kind: O is the custom resource, S what callers write
// of the resource in MeshAgent, R the resource. Collection and Desired are required. A new field
// needs two kinds that use it.
type Kind[O v1alpha1.Object, S meshagent.Spec[S], R meshagent.Resource[S]] struct {
	// Object is an empty object of the kind.
	Object O

	// Collection is where the resource lives. Parent is what Parent returned; "" without one. When
	// an object is deleted, what it referred to may be gone: only its own fields that cannot be
	// changed, and parent, may be used.
	Collection func(project *meshagent.Project, obj O, parent string) meshagent.Collection[S, R]

	// Desired maps an object onto what is to be written. It must be pure. What it leaves out is
	// left to others. An error should say what in the spec cannot be used: Invalid does.
	Desired func(obj O, in Inputs) (S, error)

	// Adapt fills into what is desired what only the resource itself can tell, before the two are
	// compared: such as a room's name where the resource has its id. Nil means that there is
	// nothing of the sort.
	Adapt func(desired S, remote R) S

	// Defaults are the values that MeshAgent fills in for fields that an update leaves out. In a
	// list, the first element has those of every element. A field that users remove from a spec has
	// its default afterwards. Nil means that MeshAgent fills in nothing that Desired does not say.
	Defaults *S

	// Privileged says that objects of the kind change who and what the project lets in, or hand it
	// out. Their namespace must be among spec.privilegedNamespaces of the MeshProject.
	Privileged bool

	// Undeletable says that MeshAgent has no way to delete the resource: it stays when its object
	// goes.
	Undeletable bool

	// Shared says that several objects can declare parts of one resource. Otherwise only one of
	// them has it.
	Shared bool

	// References are the other objects that this kind refers to. The engine waits for them and
	// follows them. The parent of the resource comes first: it must be found even if others are
	// gone.
	References []Reference[O]

	// Sources are the Secrets and ConfigMaps that this kind reads.
	Sources []Source[O]

	// WriteOnly are the places of what is written whose values come from Secrets and are not read
	// back. Desired leaves them empty. Nil means that there are none.
	WriteOnly func(obj O) []WriteOnly

	// Parent is the parent of the collection, such as a room's name. Nil means the project.
	Parent func(obj O, in Inputs) string

	// Needs are the features of the API without which the object cannot be reconciled. Nil means:
	// what all servers of the supported generation have.
	Needs func(obj O) []Need

	// Hidden are the members of a resource whose values are secret, as oauth.client_secret, without
	// places in lists: they are compared, and never shown.
	Hidden []string

	// Describe fills status fields that only repeat the spec, for the columns of kubectl. They are
	// there even if the object cannot be reconciled. Nil means that there are no such fields.
	Describe func(obj O)

	// Report fills status fields beyond the common ones, and says why the resource is not usable
	// yet; "" if it is. Nil means that there are no such fields, and that it is usable as soon as
	// it exists.
	Report func(obj O, remote R, in Inputs) (notReady string)
}

// InProject adapts a collection that is directly in the project.
func InProject[O v1alpha1.Object, S meshagent.Spec[S], R meshagent.Resource[S]](collection func(*meshagent.Project) meshagent.Collection[S, R]) func(*meshagent.Project, O, string) meshagent.Collection[S, R] {
	return func(project *meshagent.Project, _ O, _ string) meshagent.Collection[S, R] { return collection(project) }
}

// kind is a Kind without its types, as the state machine sees it.
type kind struct {
	like       v1alpha1.Object
	nothing    document // what an object that is being deleted desires
	open       func(connection *projects.Connection, obj v1alpha1.Object, parent string) (collection, list)
	desired    func(obj v1alpha1.Object, in Inputs) (document, error)
	adapt      func(desired document, remote resource) document
	defaults   any
	references []reference
	sources    []declaredSource
	parent     func(obj v1alpha1.Object, in Inputs) string // nil: the project
	needs      func(obj v1alpha1.Object) []Need
	describe   func(obj v1alpha1.Object)
	report     func(obj v1alpha1.Object, remote resource, in Inputs) (notReady string)
	writeOnly  func(obj v1alpha1.Object) []WriteOnly
	hidden     []string

	privileged, undeletable, shared bool
}

// untyped takes the types off.
func (k *Kind[O, S, R]) untyped(env *Environment) *kind {
	lists := listcache.For[S, R](&env.lists, env.DriftInterval)
	made := &kind{
		privileged: k.Privileged, undeletable: k.Undeletable, shared: k.Shared, like: k.Object, nothing: typedDocument[S]{}, defaults: k.Defaults, hidden: k.Hidden,
		open: func(connection *projects.Connection, obj v1alpha1.Object, parent string) (collection, list) {
			one := k.Collection(connection.Project, typed[O](obj), parent)
			return typedCollection[S, R]{one}, typedList[S, R]{lists.Of(connection.ID, one)}
		},
		desired: func(obj v1alpha1.Object, in Inputs) (document, error) {
			spec, err := k.Desired(typed[O](obj), in)
			return typedDocument[S]{spec, in.secrets.values}, err
		},
		adapt:     func(desired document, _ resource) document { return desired },
		needs:     func(v1alpha1.Object) []Need { return nil },
		report:    func(v1alpha1.Object, resource, Inputs) string { return "" },
		writeOnly: func(v1alpha1.Object) []WriteOnly { return nil },
		describe:  func(v1alpha1.Object) {},
	}
	if k.Adapt != nil {
		made.adapt = func(desired document, remote resource) document {
			return typedDocument[S]{k.Adapt(typed[S](desired.value()), typed[R](remote.value())), desired.sentOnly()}
		}
	}
	if k.Parent != nil {
		made.parent = func(obj v1alpha1.Object, in Inputs) string { return k.Parent(typed[O](obj), in) }
	}
	if k.Needs != nil {
		made.needs = func(obj v1alpha1.Object) []Need { return k.Needs(typed[O](obj)) }
	}
	if k.Describe != nil {
		made.describe = func(obj v1alpha1.Object) { k.Describe(typed[O](obj)) }
	}
	if k.Report != nil {
		made.report = func(obj v1alpha1.Object, remote resource, in Inputs) string {
			return k.Report(typed[O](obj), typed[R](remote.value()), in)
		}
	}
	for _, one := range k.References {
		made.references = append(made.references, reference{one.referenced, func(obj v1alpha1.Object) []v1alpha1.ResourceReference { return one.of(typed[O](obj)) }})
	}
	if k.WriteOnly != nil {
		made.writeOnly = func(obj v1alpha1.Object) []WriteOnly { return k.WriteOnly(typed[O](obj)) }
		made.sources = append(made.sources, declaredSource{&corev1.Secret{}, made.secretsWritten})
	}
	for _, one := range k.Sources {
		made.sources = append(made.sources, declaredSource{one.like, func(obj v1alpha1.Object) []string { return one.names(typed[O](obj)) }})
	}
	return made
}

// typed gives a value its type back. It has no other.
func typed[T any](value any) T {
	of, _ := value.(T)
	return of
}
