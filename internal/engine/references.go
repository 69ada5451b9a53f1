// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Reference declares, once, that objects of a kind refer to objects of another. From it come the wait for them,
// the index that finds who refers to whom, and the watch.
type Reference[O Object] struct {
	target   Object
	of       func(O) []v1alpha1.ResourceReference
	external func(ctx context.Context, env *Environment, connection *projects.Connection, name string) (Resolved, error)
	looksUp  bool // external asks MeshAgent
}

// reference is a Reference without its type.
type reference struct {
	target   Object
	of       func(Object) []v1alpha1.ResourceReference
	external func(ctx context.Context, env *Environment, connection *projects.Connection, name string) (Resolved, error)
	looksUp  bool
}

// To declares references to objects like target, in the same namespace. An external one is taken for an id, and for a name, as it is.
func To[O Object](target Object, of func(O) []v1alpha1.ResourceReference) Reference[O] {
	return Reference[O]{target: target, of: of, external: func(_ context.Context, _ *Environment, _ *projects.Connection, name string) (Resolved, error) {
		return Resolved{ID: meshagent.CanonicalID(name), Name: name}, nil
	}}
}

// ToNamed declares references to objects like target, whose resources have names and ids. An external one
// may be either; both are found in a list, which is shared.
func ToNamed[O Object, S meshagent.Spec[S], R meshagent.Resource[S]](
	target Object, of func(O) []v1alpha1.ResourceReference, collection func(*meshagent.Project) meshagent.Collection[S, R],
) Reference[O] {
	find := func(ctx context.Context, env *Environment, connection *projects.Connection, name string) (Resolved, error) {
		list := listcache.For[S, R](&env.lists, env.DriftInterval).Of(connection.ID, collection(connection.Project))
		// That it exists may be known from a list that is not new; that it does not, only from one that is.
		known, err := list.ListedSince(ctx, env.fresh(time.Now()), name)
		if err != nil {
			return Resolved{}, err
		}
		if found, ok := named(known, name); ok {
			return found, nil
		}
		if known, err = list.ListedRecently(ctx, name); err != nil {
			return Resolved{}, err
		}
		if found, ok := named(known, name); ok {
			return found, nil
		}
		noun := strings.ToLower(strings.TrimPrefix(kindOf(target), "Mesh"))
		// No watch tells when it does.
		return Resolved{}, &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonReferenceNotFound, Message: fmt.Sprintf("%s %q does not exist in MeshAgent", noun, name)}
	}
	return Reference[O]{target: target, of: of, external: find, looksUp: true}
}

// named finds a resource by its id, else by its name: no user can choose an id, and whoever may create a
// resource can give it the name that is the id of another one.
func named[S meshagent.Spec[S], R meshagent.Resource[S]](list listcache.View[S, R], name string) (found Resolved, ok bool) {
	if row, ok := list.Get(meshagent.CanonicalID(name)); ok {
		return Resolved{ID: row.Identity(), Name: row.Written().Key()}, true
	}
	for _, row := range list.ByKey(name) {
		return Resolved{ID: row.Identity(), Name: row.Written().Key()}, true
	}
	return found, false
}

// Resolved is what a reference stands for in MeshAgent, with the object that manages it; nil for an external one.
type Resolved struct {
	ID, Name string
	Object   Object
}

// Inputs are what a pass found for an object's references.
type Inputs struct {
	resolved map[string]Resolved
	sources  map[string]SourceData
	secrets  writeOnly
	partial  bool // something was not found: it stands for nothing
}

// Resolved returns what a declared reference stands for.
func (in Inputs) Resolved(target Object, ref v1alpha1.ResourceReference) Resolved {
	found, ok := in.resolved[referenceKey(target, ref)]
	if !ok && !in.partial {
		panic("engine: a kind uses a reference that it did not declare: " + referenceKey(target, ref))
	}
	return found
}

// ids are what the references stand for in MeshAgent.
func (in Inputs) ids() map[string]string {
	ids := map[string]string{}
	for key, found := range in.resolved {
		ids[key] = found.ID
	}
	return ids
}

// referenceKey names what is referred to among all kinds, within a namespace.
func referenceKey(target client.Object, ref v1alpha1.ResourceReference) string {
	if ref.External != "" {
		return kindOf(target) + " external " + ref.External
	}
	return kindOf(target) + "/" + ref.Name
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
			var found Resolved
			var err error
			if ref.External != "" {
				found, err = reference.external(ctx, p.Environment, p.connection, ref.External)
			} else {
				found, err = p.resolveObject(ctx, blank(reference.target), ref.Name)
			}
			if err != nil {
				return in, err
			}
			in.resolved[referenceKey(reference.target, ref)] = found
		}
	}
	return in, nil
}

func (p *pass) resolveObject(ctx context.Context, target Object, name string) (Resolved, error) {
	what := fmt.Sprintf("%s %q", kindOf(target), name)
	err := p.Client.Get(ctx, types.NamespacedName{Namespace: p.obj.GetNamespace(), Name: name}, target)
	if apierrors.IsNotFound(err) {
		return Resolved{}, verdict.WaitFor(v1alpha1.ReasonReferenceNotFound, "%s does not exist in namespace %q", what, p.obj.GetNamespace())
	}
	if err != nil {
		return Resolved{}, fmt.Errorf("reading %s: %w", what, err)
	}
	status := target.CommonStatus()
	if meta.FindStatusCondition(status.Conditions, v1alpha1.ConditionReady) == nil {
		return Resolved{}, verdict.WaitAMoment(v1alpha1.ReasonReferenceNotReady, "%s was not looked at yet", what)
	}
	if status.ID == "" || !meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
		return Resolved{}, verdict.WaitFor(v1alpha1.ReasonReferenceNotReady, "%s is not Ready", what)
	}
	if status.ProjectID != p.connection.Project.ID {
		return Resolved{}, verdict.Invalid("%s is in MeshAgent project %s, and this object is in project %s", what, status.ProjectID, p.connection.Project.ID)
	}
	return Resolved{ID: status.ID, Name: status.Name, Object: target}, nil
}
