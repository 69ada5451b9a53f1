// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Sample is an object of config/samples. Tests over all samples do not depend on kinds, so a new
// kind is tested by its sample.
type Sample struct {
	Kind, Name string
	Template   client.Object
	edit       string
}

func (s Sample) String() string { return s.Kind + " " + s.Name }

// Fresh returns a copy.
func (s Sample) Fresh() client.Object {
	return s.Template.DeepCopyObject().(client.Object)
}

// HasRemote is true if objects of this kind have a resource in MeshAgent that is created, changed
// and deleted with them.
func (s Sample) HasRemote() bool {
	_, ok := s.Template.(v1alpha1.Object)
	return ok && !samples.Stays(s.Kind)
}

// Concerns is true if a request to the API server is about objects of the sample's kind.
func (s Sample) Concerns(r *http.Request) bool {
	plural := Admission().Kinds()[v1alpha1.GroupVersion.WithKind(s.Kind)]
	if plural == "" {
		panic("no definition of " + s.Kind)
	}
	return strings.Contains(r.URL.Path, "/"+v1alpha1.GroupVersion.Group+"/") && strings.Contains(r.URL.Path+"/", "/"+plural+"/")
}

// EditPatch returns a merge patch for the sample's spec, as a user's edit. It adds, changes and
// removes something.
func (s Sample) EditPatch() string { return s.edit }

// OnlySamples selects the samples of tests over all samples.
var OnlySamples = flag.String("sample", "", "walk only over the samples whose kind and name contain this")

// Samples returns all objects of this project's kinds in config/samples.
func Samples() []Sample {
	return slices.DeleteFunc(slices.Clone(ReadSamples().Own), func(s Sample) bool { return !strings.Contains(s.String(), *OnlySamples) })
}

// RemoteSamples returns the samples with a resource in MeshAgent.
func RemoteSamples() []Sample {
	return slices.DeleteFunc(Samples(), func(s Sample) bool { return !s.HasRemote() })
}

// FirstSample returns the first sample of a kind.
func FirstSample(kind string) Sample {
	GinkgoHelper()
	for _, s := range ReadSamples().Own {
		if s.Kind == kind {
			return s
		}
	}
	Fail("config/samples has no " + kind)
	return Sample{}
}

// ReadSamples returns all samples, and the other objects that they need, such as Secrets.
var ReadSamples = sync.OnceValue(func() (read struct{ Own, Other []Sample }) {
	for _, one := range samples.All() {
		obj := one.Object()
		made := Sample{Kind: one.Kind, Name: obj.GetName(), Template: obj, edit: one.Edit()}
		if one.IsOurs() {
			read.Own = append(read.Own, made)
		} else {
			read.Other = append(read.Other, made)
		}
	}
	return read
})

// SampleObject finds the object that a message names: an object of the samples, or the API key's
// Secret, which no sample can contain.
func SampleObject(kind, name string) client.Object {
	GinkgoHelper()
	if kind == "Secret" && name == "meshagent-api-key" {
		return APIKeySecret(simulator.DevelopmentKey)
	}
	for _, s := range slices.Concat(ReadSamples().Own, ReadSamples().Other) {
		if s.Kind == kind && s.Name == name {
			return s.Fresh()
		}
	}
	Fail(fmt.Sprintf("config/samples needs %s %q and does not have it", kind, name))
	return nil
}

// KindsOf returns the kind of each sample object.
func KindsOf(all []Sample) []string {
	var kinds []string
	for _, s := range all {
		kinds = append(kinds, s.Kind)
	}
	return kinds
}
