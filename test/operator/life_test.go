// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
)

// life is a sample that lives in a world, with what it needs.
type life struct {
	*world
	sample   sample
	obj      client.Object
	needs    []client.Object // what its conditions asked for, in this order
	nothing  []string        // what MeshAgent held at first
	without  []string        // what MeshAgent held when all but the sample was there
	resource record          // what stands for it in MeshAgent
	route    string          // where on the wire it was created, below the project
	operator *operator       // the one that runs
}

// record is something that MeshAgent holds.
type record struct {
	Path string // of the collection
	ID   string
	Doc  map[string]any
}

// held lists all that MeshAgent holds, in the order in which it came to be.
func (w *world) held() []record {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), "held")
	Expect(w.meshagent.Save(file)).To(Succeed())
	text, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	var all []record
	Expect(json.Unmarshal(text, &all)).To(Succeed())
	for i := range all {
		all[i].Path = strings.TrimPrefix(all[i].Path, "projects/"+w.meshagent.ProjectID()+"/")
	}
	return all
}

// names lists what MeshAgent holds by collection and id.
func (w *world) names() []string {
	GinkgoHelper()
	var names []string
	for _, one := range w.held() {
		names = append(names, one.Path+"/"+one.ID)
	}
	return names
}

// document is what MeshAgent holds for the sample; nil if it holds nothing.
func (l *life) document() map[string]any {
	GinkgoHelper()
	return l.documentOf(l.resource.Path, l.resource.ID)
}

func (w *world) documentOf(collection, id string) map[string]any {
	GinkgoHelper()
	for _, one := range w.held() {
		if one.Path == collection && one.ID == id {
			return one.Doc
		}
	}
	return nil
}

// common is the common part of the sample's status.
func (l *life) common() *v1alpha1.CommonStatus {
	return l.obj.(engine.Object).CommonStatus()
}

// begin applies a sample, and nothing else.
func (w *world) begin(ctx context.Context, s sample) *life {
	GinkgoHelper()
	l := &life{world: w, sample: s, nothing: w.names(), obj: s.object()}
	w.apply(ctx, l.obj)
	return l
}

// missing is how conditions tell users what to bring.
var missing = regexp.MustCompile(`(\w+) "([^"]+)" does not exist in namespace`)

// follow does what the conditions ask for, as a user would, until the sample is Ready.
func (l *life) follow(ctx context.Context) {
	GinkgoHelper()
	asked := map[string]bool{}
	Eventually(func(g Gomega) {
		for _, obj := range append([]client.Object{l.obj}, l.needs...) {
			if !isOurs(obj) {
				continue // Secrets and the like have no conditions
			}
			text, err := l.state(ctx, obj)()
			g.Expect(err).NotTo(HaveOccurred())
			for _, match := range missing.FindAllStringSubmatch(text, -1) {
				if kind, name := match[1], match[2]; !asked[kind+name] {
					asked[kind+name] = true
					brought := sampleOf(kind, name)
					l.apply(ctx, brought)
					l.needs = append(l.needs, brought)
				}
			}
		}
		text, err := l.state(ctx, l.obj)()
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(text).To(beReady())
	}).WithContext(ctx).Should(Succeed(), "%s", l.sample)
}

// isOurs says that an object is of one of our kinds.
func isOurs(obj client.Object) bool {
	gvks, _, err := scheme.ObjectKinds(obj)
	return err == nil && gvks[0].Group == v1alpha1.GroupVersion.Group
}

// again applies the sample once more after it was deleted, while all it needs is there, and learns what it became in MeshAgent.
func (l *life) again(ctx context.Context) {
	GinkgoHelper()
	l.delete(ctx)
	l.without = l.names()
	l.meshagent.ResetCalls()
	l.obj = l.sample.object()
	l.apply(ctx, l.obj)
	l.eventuallyReady(ctx, l.obj)
	if !l.sample.mirrors() {
		return
	}
	for _, call := range l.written() {
		if route, ok := strings.CutPrefix(call, "POST "); ok {
			l.route = route
		}
	}
	Expect(l.route).NotTo(BeEmpty(), "nothing was created: %v", l.calls())
	l.learn()
}

// learn finds what stands for the sample in MeshAgent: all that was not there without it.
func (l *life) learn() {
	GinkgoHelper()
	l.resource = record{}
	for _, one := range l.held() {
		if known, _ := ContainElement(one.Path + "/" + one.ID).Match(l.without); !known {
			Expect(l.resource.Path).To(BeEmpty(), "two things stand for one object: %v, %v", l.resource, one)
			l.resource = one
		}
	}
	Expect(l.resource.Path).NotTo(BeEmpty(), "nothing stands for the object in MeshAgent")
}

// delete deletes the sample and waits until it is gone.
func (l *life) delete(ctx context.Context) {
	GinkgoHelper()
	Expect(l.Delete(ctx, l.obj)).To(Succeed())
	l.eventuallyGone(ctx, l.obj)
}

// patch merges into the sample as users do.
func (l *life) patch(ctx context.Context, patch string) {
	GinkgoHelper()
	Expect(l.Patch(ctx, l.obj, client.RawPatch(types.MergePatchType, []byte(patch)), client.FieldOwner("kubectl-patch"))).To(Succeed())
}

// overwrite sets a top member of the sample, such as its spec, to what it was before.
func (l *life) overwrite(ctx context.Context, member string, with any) {
	GinkgoHelper()
	raw := l.raw(ctx)
	raw.Object[member] = with
	if member == "status" {
		Expect(l.Status().Update(ctx, raw)).To(Succeed())
	} else {
		Expect(l.Update(ctx, raw)).To(Succeed())
	}
}

// raw reads the sample as the API server shows it.
func (l *life) raw(ctx context.Context) *unstructured.Unstructured {
	GinkgoHelper()
	raw := &unstructured.Unstructured{}
	raw.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(l.sample.kind))
	Expect(l.Get(ctx, client.ObjectKeyFromObject(l.obj), raw)).To(Succeed())
	return raw
}

// exists says whether the sample is there.
func (l *life) exists(ctx context.Context) bool {
	GinkgoHelper()
	err := l.Get(ctx, client.ObjectKeyFromObject(l.obj), l.obj)
	Expect(client.IgnoreNotFound(err)).To(Succeed())
	return err == nil
}

// disturb changes the first string that the sample has set in MeshAgent, and tells its path.
func (l *life) disturb() (changed string) {
	GinkgoHelper()
	Expect(l.meshagent.Edit(l.resource.Path, l.resource.ID, func(doc map[string]any) {
		for _, field := range appliedFields(l.common()) {
			if disturb(writtenPart(doc), field) {
				changed, _, _ = strings.Cut(field, "[0]") // a list is set right as a whole
				return
			}
		}
	})).To(BeTrue())
	Expect(changed).NotTo(BeEmpty(), "no string among %v could be changed", appliedFields(l.common()))
	return changed
}

// marked says that what stands for the sample in MeshAgent bears the mark of its owner.
func (l *life) marked() (found bool) {
	eachMark(l.document(), func(map[string]any, string) { found = true })
	return found
}

var (
	anyUUID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	anyTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)
)

// anonymous puts words in place of all that differs each time. Known are pairs of what is known and its word.
func (l *life) anonymous(text string, known ...string) string {
	known = append([]string{l.meshagent.ProjectID(), "{project}", l.namespace, "{namespace}"}, known...)
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
