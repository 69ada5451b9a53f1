// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"reflect"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Reference declares, once, that objects of a kind refer to resources of another. From it come the
// wait for them, the index that finds who refers to whom, and the watch.
type Reference[O v1alpha1.Object] struct {
	referenced
	of func(O) []v1alpha1.ResourceReference
}

// reference is a Reference without its type.
type reference struct {
	referenced
	of func(v1alpha1.Object) []v1alpha1.ResourceReference
}

// need is how much of a referenced object there must be.
type need int

const (
	ready      need = iota // the object is Ready
	identified             // its resource exists, usable or not
	declared               // the object exists
)

// Identified is the same reference, for which it is enough that the resource exists.
func (r Reference[O]) Identified() Reference[O] {
	r.need = identified
	return r
}

// Declared is the same reference, for which it is enough that the object exists: it breaks a circle
// of objects that wait for each other. Without a resource, Resolved has no ID.
func (r Reference[O]) Declared() Reference[O] {
	r.need = declared
	return r
}

// referenced is what a reference leads to.
type referenced struct {
	need   need
	kind   string // such as MeshRoom
	target v1alpha1.Object
	// find looks in MeshAgent for what a name or an id represents. If it is nil, an id is taken as
	// it is, and there are no names.
	find func(ctx context.Context, env *Environment, connection *projects.Connection, ref v1alpha1.ResourceReference) (Resolved, error)
}

// To declares references to objects like target, in the same namespace, or to an id.
func To[O v1alpha1.Object](target v1alpha1.Object, of func(O) []v1alpha1.ResourceReference) Reference[O] {
	return Reference[O]{referenced{kind: kindOf(target), target: target}, of}
}

// ToNamed declares references to objects like target, in the same namespace, or to resources of the
// collection by name or id. These are found in a list, which is shared.
func ToNamed[O v1alpha1.Object, S meshagent.Spec[S], R meshagent.Resource[S]](
	target v1alpha1.Object, of func(O) []v1alpha1.ResourceReference, collection func(*meshagent.Project) meshagent.Collection[S, R],
) Reference[O] {
	return Reference[O]{referenced{kind: kindOf(target), target: target, find: findListed(kindOf(target), collection)}, of}
}

// Resolved is what a reference represents in MeshAgent, with the object that manages it; nil for an
// external one.
type Resolved struct {
	ID, Name string
	Object   v1alpha1.Object
	Ready    bool // the object is; true for an external one
}

// Inputs are what a pass found for an object's references.
type Inputs struct {
	// Project is the status of the MeshProject.
	Project v1alpha1.MeshProjectStatus

	resolved map[string]Resolved
	sources  map[string]SourceData
	secrets  writeOnly
	partial  bool // something was not found: it resolves to nothing
}

// Resolved returns what a declared reference to objects like target represents.
func (in Inputs) Resolved(target v1alpha1.Object, ref v1alpha1.ResourceReference) Resolved {
	key := referenceKey(kindOf(target), ref)
	found, ok := in.resolved[key]
	if !ok && !in.partial {
		panic("engine: a kind uses a reference that it did not declare: " + key)
	}
	return found
}

// ids are what the references represent in MeshAgent.
func (in Inputs) ids() map[string]string {
	ids := map[string]string{}
	for key, found := range in.resolved {
		ids[key] = found.ID
	}
	return ids
}

// referenceKey names what is referred to among all kinds, within a namespace. An id and a name that
// read alike are two things.
func referenceKey(kind string, ref v1alpha1.ResourceReference) string {
	switch {
	case ref.ExternalID != "":
		return kind + " externalID " + ref.ExternalID
	case ref.ExternalName != "":
		return kind + " externalName " + ref.ExternalName
	}
	return kind + "/" + string(ref.Name)
}

// kindOf is the kind of an object, known even when its TypeMeta is empty, as the cache leaves it.
func kindOf(obj client.Object) string {
	name := fmt.Sprintf("%T", obj)
	return name[strings.LastIndex(name, ".")+1:]
}

// blank makes an empty object of the same kind.
func blank[T client.Object](like T) T {
	made, _ := reflect.TypeAssert[T](reflect.New(reflect.TypeOf(like).Elem())) // it is made from that type
	return made
}

// gather finds everything that an object refers to and reads, or says what is missing.
func (p *pass) gather(ctx context.Context) (Inputs, error) {
	in, err := p.resolveReferences(ctx)
	if err != nil {
		return in, err
	}
	if p.project != nil {
		in.Project = p.project.Status
	}
	if in.sources, err = p.readSources(ctx); err != nil {
		return in, err
	}
	in.secrets, err = p.readWriteOnly(in.sources)
	return in, err
}

// resolveReferences finds everything that the object refers to, or says what is missing.
func (p *pass) resolveReferences(ctx context.Context) (Inputs, error) {
	in := Inputs{resolved: map[string]Resolved{}}
	for _, reference := range p.kind.references {
		for _, ref := range reference.of(p.obj) {
			found, err := p.resolveReference(ctx, reference, ref)
			if err != nil {
				return in, err
			}
			in.resolved[referenceKey(reference.kind, ref)] = found
		}
	}
	return in, nil
}

func (p *pass) resolveReference(ctx context.Context, reference reference, ref v1alpha1.ResourceReference) (Resolved, error) {
	switch {
	case ref.Name != "":
		return p.resolveObject(ctx, blank(reference.target), string(ref.Name), reference.need)
	case reference.find != nil:
		return reference.find(ctx, p.Environment, p.connection, ref)
	}
	return Resolved{ID: meshagent.CanonicalID(ref.ExternalID), Ready: true}, nil
}

func (p *pass) resolveObject(ctx context.Context, target v1alpha1.Object, name string, need need) (Resolved, error) {
	what := fmt.Sprintf("%s %q", kindOf(target), name)
	err := p.Client.Get(ctx, types.NamespacedName{Namespace: p.obj.GetNamespace(), Name: name}, target)
	if apierrors.IsNotFound(err) {
		return Resolved{}, verdict.WaitFor(v1alpha1.ReasonReferenceNotFound, msgNotInNamespace, what, p.obj.GetNamespace())
	}
	if err != nil {
		return Resolved{}, fmt.Errorf("reading %s: %w", what, err)
	}
	status := target.CommonStatus()
	isReady := status.ID != "" && meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady)
	switch {
	case need == declared && status.ID == "":
		return Resolved{Object: target}, nil
	case meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady) == nil:
		return Resolved{}, verdict.WaitAMoment(v1alpha1.ReasonReferenceNotReady, msgNotReconciled, what)
	case status.ID == "", need == ready && !isReady:
		return Resolved{}, verdict.WaitFor(v1alpha1.ReasonReferenceNotReady, msgNotReady, what)
	case status.ProjectID != p.connection.Project.ID:
		return Resolved{}, verdict.Invalid(msgOtherProject, what, status.ProjectID, p.connection.Project.ID)
	}
	return Resolved{ID: status.ID, Name: status.Name, Object: target, Ready: isReady}, nil
}
