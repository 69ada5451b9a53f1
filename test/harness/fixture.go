// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/contract"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Fixture is a sample that is applied in an environment, with the objects that it needs.
type Fixture struct {
	*Env
	Sample       Sample
	Object       client.Object
	Dependencies []client.Object // the objects that its conditions asked for, in this order
	HeldAtFirst  []string        // content of MeshAgent before all
	HeldWithout  []string        // content of MeshAgent with all dependencies and without the sample
	Resource     Record          // the sample's resource in MeshAgent
	Created      simulator.Call  // the call that created it
	About        *contract.Resource
}

// CommonStatus returns the part of the sample's status that all kinds have.
func (l *Fixture) CommonStatus() *v1alpha1.CommonStatus {
	return l.Object.(v1alpha1.Object).CommonStatus()
}

// ApplySample applies a sample, and nothing else.
func (w *Env) ApplySample(ctx context.Context, s Sample) *Fixture {
	GinkgoHelper()
	l := &Fixture{Env: w, Sample: s, HeldAtFirst: w.HeldNames(), Object: s.Fresh()}
	w.CreateAll(ctx, l.Object)
	return l
}

// MissingDependency matches the text of conditions that name a missing object.
var MissingDependency = regexp.MustCompile(`(\w+) "([^"]+)" does not exist in namespace`)

// ApplyDependencies creates the objects that the conditions ask for, as a user would, until the
// sample is Ready.
func (l *Fixture) ApplyDependencies(ctx context.Context) {
	GinkgoHelper()
	asked := map[string]bool{}
	Eventually(func(g Gomega) {
		for _, obj := range append([]client.Object{l.Object}, l.Dependencies...) {
			if !isOurs(obj) {
				continue // Secrets and the like have no conditions
			}
			text, err := l.State(ctx, obj)()
			g.Expect(err).NotTo(HaveOccurred())
			for _, match := range MissingDependency.FindAllStringSubmatch(text, -1) {
				if kind, name := match[1], match[2]; !asked[kind+name] {
					asked[kind+name] = true
					brought := SampleObject(kind, name)
					l.CreateAll(ctx, brought)
					l.Dependencies = append(l.Dependencies, brought)
				}
			}
		}
		for _, obj := range append([]client.Object{l.Object}, l.Dependencies...) {
			if isOurs(obj) {
				text, err := l.State(ctx, obj)()
				g.Expect(err).NotTo(HaveOccurred())
				g.Expect(text).To(BeReady())
			}
		}
	}).WithContext(ctx).Should(Succeed(), "%s", l.Sample)
}

// isOurs is true if an object is of a kind of this project.
func isOurs(obj client.Object) bool {
	gvks, _, err := Scheme.ObjectKinds(obj)
	return err == nil && gvks[0].Group == v1alpha1.GroupVersion.Group
}

// Recreate applies the sample once more after its deletion, while everything that it needs exists.
// It also finds the new resource in MeshAgent.
func (l *Fixture) Recreate(ctx context.Context) {
	GinkgoHelper()
	l.DeleteObject(ctx)
	l.HeldWithout = l.HeldNames()
	l.MeshAgent.ResetCalls()
	l.Object = l.Sample.Fresh()
	l.CreateAll(ctx, l.Object)
	l.ExpectReady(ctx, l.Object)
	if !l.Sample.HasRemote() {
		return
	}
	l.LearnCreation()
	l.FindResource()
}

// LearnCreation finds the call that created the resource among those since the last reset. What the
// sample needs may be written meanwhile.
func (l *Fixture) LearnCreation() {
	GinkgoHelper()
	for _, call := range l.MeshAgent.Calls() {
		if call.Method == http.MethodGet || call.Status >= http.StatusBadRequest {
			continue
		}
		if about, err := Validator().Created(call.Method, call.Path); err == nil {
			l.Created, l.About = call, about
			return
		}
	}
	Fail("nothing was created: " + strings.Join(l.Calls(), ", "))
}

// Changes counts the calls that write the sample's resource.
func (l *Fixture) Changes() (n int) {
	paths := regexp.MustCompile(l.About.Paths())
	for _, call := range l.MeshAgent.Calls() {
		if call.Method != http.MethodGet && paths.MatchString(call.Path) {
			n++
		}
	}
	return n
}

// Looks counts the calls that read the sample's resource, or list its collection.
func (l *Fixture) Looks() (n int) {
	paths := regexp.MustCompile(l.About.Paths())
	for _, call := range l.MeshAgent.Calls() {
		if call.Method == http.MethodGet && paths.MatchString(call.Path) {
			n++
		}
	}
	return n
}

// FindResource finds the sample's resource in MeshAgent, which is everything that was not there
// without the sample.
func (l *Fixture) FindResource() {
	GinkgoHelper()
	l.Resource = Record{}
	for _, one := range l.Held() {
		if known, _ := ContainElement(one.Path + "/" + one.ID).Match(l.HeldWithout); !known {
			Expect(l.Resource.Path).To(BeEmpty(), "MeshAgent has two resources for one object: %v, %v", l.Resource, one)
			l.Resource = one
		}
	}
	Expect(l.Resource.Path).NotTo(BeEmpty(), "MeshAgent has no resource for the object")
}

// DeleteObject deletes the sample and waits until it is gone.
func (l *Fixture) DeleteObject(ctx context.Context) {
	GinkgoHelper()
	Expect(l.Delete(ctx, l.Object)).To(Succeed())
	l.ExpectGone(ctx, l.Object)
}

// MergePatch changes the sample with a merge patch, as users do.
func (l *Fixture) MergePatch(ctx context.Context, patch string) {
	GinkgoHelper()
	Expect(l.Patch(ctx, l.Object, client.RawPatch(types.MergePatchType, []byte(patch)), client.FieldOwner("kubectl-patch"))).To(Succeed())
}

// Overwrite sets a top-level member of the sample, such as its spec, to an earlier value.
func (l *Fixture) Overwrite(ctx context.Context, member string, with any) {
	GinkgoHelper()
	raw := l.Unstructured(ctx)
	raw.Object[member] = with
	if member == "status" {
		Expect(l.Client.Status().Update(ctx, raw)).To(Succeed())
	} else {
		Expect(l.Update(ctx, raw)).To(Succeed())
	}
}

// Unstructured reads the sample as the API server shows it.
func (l *Fixture) Unstructured(ctx context.Context) *unstructured.Unstructured {
	GinkgoHelper()
	raw := &unstructured.Unstructured{}
	raw.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(l.Sample.Kind))
	Expect(l.Get(ctx, client.ObjectKeyFromObject(l.Object), raw)).To(Succeed())
	return raw
}

// Exists is true if the sample exists.
func (l *Fixture) Exists(ctx context.Context) bool {
	GinkgoHelper()
	err := l.Get(ctx, client.ObjectKeyFromObject(l.Object), l.Object)
	Expect(client.IgnoreNotFound(err)).To(Succeed())
	return err == nil
}

// ChangeRemote changes the first string that the sample has set in MeshAgent and that is not part
// of the resource's identity, or else the first boolean. It returns its path.
func (l *Fixture) ChangeRemote() (changed string) {
	GinkgoHelper()
	Expect(l.MeshAgent.Edit(l.Resource.Path, l.Resource.ID, func(doc map[string]any) {
		for _, change := range []func(map[string]any, string) bool{ChangeString, ChangeFlag} {
			for _, field := range AppliedFields(l.CommonStatus()) {
				if !slices.Contains(l.About.Key(), field) && change(WrittenPart(doc), field) {
					changed, _, _ = strings.Cut(field, "[0]") // the operator corrects a list as a whole
					return
				}
			}
		}
	})).To(BeTrue())
	Expect(changed).NotTo(BeEmpty(), "nothing among %v could be changed", AppliedFields(l.CommonStatus()))
	return changed
}

// HasOwner is true if the sample's resource in MeshAgent has its ownership annotation.
func (l *Fixture) HasOwner() (found bool) {
	EachOwnerAnnotation(l.Document(), func(func(string)) { found = true })
	return found
}

var (
	anyUUID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	anyTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)
)

// Anonymize replaces everything that differs each time by words. known has pairs of a value and its
// word.
func (l *Fixture) Anonymize(text string, known ...string) string {
	known = append([]string{l.MeshAgent.ProjectID(), "{project}", l.Namespace, "{namespace}"}, known...)
	text = strings.NewReplacer(known...).Replace(text)
	others := map[string]string{}
	text = anyUUID.ReplaceAllStringFunc(text, func(id string) string {
		if others[id] == "" {
			others[id] = fmt.Sprintf("{uuid %d}", len(others)+1)
		}
		return others[id]
	})
	return anyTime.ReplaceAllString(text, "{time}")
}

// Shape returns the sample's resource in MeshAgent, without what differs each time.
func (l *Fixture) Shape() string {
	GinkgoHelper()
	text, err := json.MarshalIndent(l.Document(), "", " ")
	Expect(err).NotTo(HaveOccurred())
	return l.Anonymize(string(text))
}
