// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"net/http"
	"reflect"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// act is what a user does to an object while the operator does not run, and what may happen to it
// while it does not run for a second time.
type act struct {
	name   string
	of     func(*life) bool // nil: all
	exists bool             // the object, before
	do     func(*life)
	// writes are the requests that it takes: methods of MeshAgent's, and writes to the API server.
	writes    []string
	meanwhile func(*life)
	// leaves says that the resource stays in MeshAgent when the object is deleted.
	leaves bool
	// forgets says that the resource may differ in what the object does not set, or sets no more:
	// what it had set once, before its status could tell.
	forgets func(*life) bool
}

var (
	toCreate = []string{http.MethodPost, memory.Patch, memory.PatchStatus}
	toAdopt  = []string{http.MethodPut, memory.Patch, memory.PatchStatus}
	toChange = []string{http.MethodPut, memory.PatchStatus}
	toDelete = []string{http.MethodDelete, memory.Patch}
)

var acts = []act{
	{name: "creation", do: (*life).create, writes: toCreate},
	// To know what an object had set in a resource with its ownership annotation, each creation
	// would cost one more write.
	{name: "creation, changed meanwhile", do: (*life).create, writes: toCreate, meanwhile: (*life).change, forgets: func(l *life) bool { return l.marked }},
	{name: "creation, renamed meanwhile", of: (*life).hasName, do: (*life).create, writes: toCreate, meanwhile: (*life).rename},
	{name: "creation, deleted meanwhile", do: (*life).create, writes: toCreate, meanwhile: (*life).delete},
	{name: "adoption", of: (*life).canBeForeign, do: (*life).adopt, writes: toAdopt, leaves: true},
	// What it was to set when it was adopted, it may have set already.
	{
		name: "adoption, deleted meanwhile", of: (*life).canBeForeign, do: (*life).adopt, writes: toAdopt, meanwhile: (*life).delete, leaves: true,
		forgets: func(*life) bool { return true },
	},
	{name: "change", exists: true, of: (*life).canChange, do: (*life).change, writes: toChange},
	{name: "change, undone meanwhile", exists: true, of: (*life).canChange, do: (*life).change, writes: toChange, meanwhile: (*life).undo},
	{name: "change, deleted meanwhile", exists: true, of: (*life).canChange, do: (*life).change, writes: toChange, meanwhile: (*life).delete},
	{name: "renaming", exists: true, of: (*life).hasName, do: (*life).rename, writes: toChange},
	{name: "renaming, deleted meanwhile", exists: true, of: (*life).hasName, do: (*life).rename, writes: toChange, meanwhile: (*life).delete},
	{name: "deletion", exists: true, do: (*life).delete, writes: toDelete},
	{name: "orphaning", exists: true, of: (*life).mirrors, do: (*life).orphan, leaves: true},
}

func (l *life) mirrors() bool { return l.sample.Mirrors() }

// methodFor is the method that MeshAgent has for what is usually done with another: POST creates,
// PUT updates, and DELETE deletes. It is "" if there is no way to do it.
func (l *life) methodFor(usual string) string {
	return l.made.About.Method(map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodDelete: "delete"}[usual])
}

// canChange says that MeshAgent can change the resource.
func (l *life) canChange() bool {
	return !l.sample.Mirrors() || l.methodFor(http.MethodPut) != ""
}

// hasName says that users can rename the resource.
func (l *life) hasName() bool { return canBeRenamed(l.sample) && l.canChange() }

// canBeForeign says that another user can create a resource that the object may adopt. No one can
// choose the id that an object chooses for itself.
func (l *life) canBeForeign() bool { return l.sample.Mirrors() && l.keyed }

func (l *life) create() {
	l.Helper()
	l.obj = l.sample.Object()
	l.Apply(l.obj)
}

// adopt creates the object where another user has created its resource, with another value in it.
func (l *life) adopt() {
	l.Helper()
	if _, err := l.MeshAgent.CreateForeign(l.made.Call, ownMark, false); err != nil {
		l.Fatal(err)
	}
	l.obj = l.sample.Object()
	l.obj.(v1alpha1.Object).CommonSpec().AdoptionPolicy = v1alpha1.AdoptIfUnowned
	l.Apply(l.obj)
}

func (l *life) change() {
	l.Helper()
	edit := l.sample.Edit()
	if edit == "" {
		l.Fatalf("test/harness/samples/edits.go has no edit for %s", l.sample)
	}
	l.Patch(l.obj, edit)
}

// undo gives the object its first spec again.
func (l *life) undo() {
	l.Helper()
	if err := l.Client.Get(l.Context(), client.ObjectKeyFromObject(l.obj), l.obj); err != nil {
		l.Fatal(err)
	}
	specOf(l.obj).Set(specOf(l.sample.Object()))
	if err := l.Client.Update(l.Context(), l.obj); err != nil {
		l.Fatal(err)
	}
}

func specOf(obj client.Object) reflect.Value { return reflect.ValueOf(obj).Elem().FieldByName("Spec") }

func (l *life) rename() { l.Patch(l.obj, `{"spec": {"name": "renamed"}}`) }

func (l *life) delete() {
	l.Helper()
	if err := client.IgnoreNotFound(l.Client.Delete(l.Context(), l.obj)); err != nil {
		l.Fatal(err)
	}
}

func (l *life) orphan() {
	l.Patch(l.obj, `{"spec": {"deletionPolicy": "Orphan"}}`)
	l.delete()
}

// keyOf names the object of a sample as moments do.
func keyOf(s samples.Sample) string { return s.Kind + "/" + s.Object().GetName() }
