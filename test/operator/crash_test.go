// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/harness"
)

var _ = Describe("An operator that is killed", func() {
	for _, a := range acts {
		It("at any moment in the "+a.name+" ends up where an undisturbed one does", func(ctx SpecContext) {
			harness.InParallel(slices.DeleteFunc(harness.Samples(), func(s harness.Sample) bool { return a.of != nil && !a.of(s) }), func(s harness.Sample) { isInterrupted(ctx, s, a) })
		}, SpecTimeout(10*time.Minute))
	}
})

// act is something that users do to an object, while the operator does not run. Then it runs and is killed at some moment; then
// something else may happen to the object meanwhile; then it runs again.
type act struct {
	name      string
	of        func(harness.Sample) bool // nil: all
	exists    bool                      // the object, before
	do        func(context.Context, *interrupted)
	meanwhile func(context.Context, *interrupted)
	// forgets says that what the object does not set, or sets no more, may differ: what it had set once, and status was not yet to remember.
	forgets func(*interrupted) bool
}

// interrupted is a sample whose operator is killed.
type interrupted struct {
	*harness.Fixture
	original any               // the spec of the object, at first
	marks    bool              // the resource bears the mark of its owner
	found    map[string]any    // the resource, at first
	fields   []string          // what the object sets of it
	operator *harness.Operator // the one that runs
}

var acts = []act{
	{name: "creation", do: applied},
	// Of a resource that bears a mark, only a write more in each creation could tell what its object had set from what somebody else has.
	{name: "creation, with a change meanwhile,", do: applied, meanwhile: changed, forgets: func(l *interrupted) bool { return l.marks }},
	{name: "creation, with a new name meanwhile,", do: applied, meanwhile: renamed, of: isRoom},
	{name: "creation, with its deletion meanwhile,", do: applied, meanwhile: deleted},
	{name: "adoption", do: adopted, of: harness.Sample.HasRemote},
	// What it was to set when it was adopted, it may have set already.
	{name: "adoption, with its deletion meanwhile,", do: adopted, meanwhile: deleted, of: harness.Sample.HasRemote, forgets: func(*interrupted) bool { return true }},
	{name: "change", exists: true, do: changed},
	{name: "change, with its undoing meanwhile,", exists: true, do: changed, meanwhile: undone},
	{name: "change, with its deletion meanwhile,", exists: true, do: changed, meanwhile: deleted},
	{name: "renaming", exists: true, do: renamed, of: isRoom},
	{name: "renaming, with its deletion meanwhile,", exists: true, do: renamed, meanwhile: deleted, of: isRoom},
	{name: "deletion", exists: true, do: deleted},
	{name: "orphaning", exists: true, of: harness.Sample.HasRemote, do: func(ctx context.Context, l *interrupted) {
		l.MergePatch(ctx, `{"spec": {"deletionPolicy": "Orphan"}}`)
		deleted(ctx, l)
	}},
}

func isRoom(s harness.Sample) bool { return s.Kind == "MeshRoom" }

func applied(ctx context.Context, l *interrupted) {
	l.Object = l.Sample.Fresh()
	l.CreateAll(ctx, l.Object)
}

// adopted applies the sample where its resource is in MeshAgent already, not quite as it should be, and nobody's.
func adopted(ctx context.Context, l *interrupted) {
	GinkgoHelper()
	l.MeshAgent.Add(l.Resource.Path, strayed(l.found, l.fields))
	l.Object = l.Sample.Fresh()
	l.Object.(engine.Object).CommonSpec().AdoptionPolicy = v1alpha1.AdoptIfUnowned
	l.CreateAll(ctx, l.Object)
}

// strayed is a copy of what stands for a sample, without marks and with one string changed, which is not its name.
func strayed(doc map[string]any, fields []string) map[string]any {
	GinkgoHelper()
	doc = runtime.DeepCopyJSON(doc)
	delete(doc, "id")
	harness.EachOwnerAnnotation(doc, func(holder map[string]any, name string) { delete(holder, name) })
	within := harness.WrittenPart(doc)
	for _, field := range fields {
		if !strings.HasSuffix(field, "room.name") && !slices.Contains([]string{"name", "metadata.name", "kind", "domain", "room", "room_id", "user_id", "email"}, field) && harness.ChangeString(within, field) {
			return doc
		}
	}
	Fail(fmt.Sprintf("no string among %v could be changed", fields))
	return nil
}

func changed(ctx context.Context, l *interrupted) { l.MergePatch(ctx, l.Sample.EditPatch()) }

func undone(ctx context.Context, l *interrupted) { l.Overwrite(ctx, "spec", l.original) }

func renamed(ctx context.Context, l *interrupted) { l.MergePatch(ctx, `{"spec": {"name": "renamed"}}`) }

func deleted(ctx context.Context, l *interrupted) {
	GinkgoHelper()
	Expect(client.IgnoreNotFound(l.Delete(ctx, l.Object))).To(Succeed())
}

// isInterrupted lets an act happen undisturbed, which shows of what moments it consists, and then again and again, with the operator killed
// at one moment after the other.
func isInterrupted(ctx context.Context, s harness.Sample, a act) {
	w := harness.NewEnv(ctx)
	l := &interrupted{Fixture: w.ApplySample(ctx, s)}
	l.operator = w.StartOperator(harness.OperatorOptions{})
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	l.original, l.marks = l.Unstructured(ctx).Object["spec"], l.HasOwner()
	if s.HasRemote() {
		l.found, l.fields = l.Document(), harness.AppliedFields(l.CommonStatus())
	}
	l.DeleteObject(ctx)

	var mu sync.Mutex
	var moments []string
	undisturbed := a.enact(ctx, l, func(_ *harness.Operator, r *http.Request, carriedOut bool) {
		mu.Lock()
		defer mu.Unlock()
		if isMoment(s, r, carriedOut) {
			moments = append(moments, fmt.Sprintf("%s %s, carried out: %t", r.Method, r.URL.Path, carriedOut))
		}
	}, true)
	Expect(moments).NotTo(BeEmpty())
	for i, moment := range moments {
		Expect(a.enact(ctx, l, killAt(s, i), false)).To(Equal(undisturbed), "%s of %s: killed at moment %d of %d: %s", a.name, s, i, len(moments), moment)
	}
}

// enact lets an act happen under the eyes of a witness, tells what is there in the end, and then clears up.
func (a act) enact(ctx context.Context, l *interrupted, witness func(*harness.Operator, *http.Request, bool), lives bool) string {
	GinkgoHelper()
	if a.exists {
		applied(ctx, l)
		l.ExpectReady(ctx, l.Object)
	}
	l.operator.Stop()

	a.do(ctx, l)
	watched := l.StartOperator(harness.OperatorOptions{Observe: witness})
	Eventually(func() (bool, error) {
		settled, err := settled(ctx, l)
		return settled && lives || watched.Dead.Load(), err
	}).WithContext(ctx).Should(BeTrue())
	watched.Stop()
	if a.meanwhile != nil {
		a.meanwhile(ctx, l)
	}
	l.operator = l.StartOperator(harness.OperatorOptions{})
	Eventually(func() (bool, error) { return settled(ctx, l) }).WithContext(ctx).Should(BeTrue())
	if l.Exists(ctx) {
		l.MeshAgent.ResetCalls()
		l.RequestReconcile(ctx, l.Object)
		Expect(harness.ConditionsOf(l.Object)).To(harness.BeReady())
		Expect(l.Writes()).To(BeEmpty(), "it was Ready")
	}
	end := map[string]any{"status": lastStatus(ctx, l), "held": remains(ctx, l, l.HeldAtFirst, a.forgets)}

	deleted(ctx, l)
	l.ExpectGone(ctx, l.Object)
	end["left"] = remains(ctx, l, l.HeldWithout, a.forgets)
	for _, one := range l.Held() {
		if !slices.Contains(l.HeldWithout, one.Path+"/"+one.ID) {
			l.MeshAgent.Remove(one.Path, one.ID)
		}
	}
	text, err := json.MarshalIndent(end, "", " ")
	Expect(err).NotTo(HaveOccurred())
	return l.Anonymize(string(text))
}

// settled says that an object is Ready, or gone if it is to go.
func settled(ctx context.Context, l *interrupted) (bool, error) {
	text, err := l.State(ctx, l.Object)()
	if err != nil {
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	}
	ready, err := harness.BeReady().Match(text)
	return ready && l.Object.GetDeletionTimestamp().IsZero(), err
}

// lastStatus is the status of the object, if there is one, but for what differs each time.
func lastStatus(ctx context.Context, l *interrupted) map[string]any {
	GinkgoHelper()
	if !l.Exists(ctx) {
		return nil
	}
	status := timeless(l.Unstructured(ctx).Object["status"])
	delete(status, "lastHandledReconcileAt")
	return status
}

// remains is what MeshAgent holds besides what was there before: all of it, or only what the object sets, and marks.
func remains(ctx context.Context, l *interrupted, before []string, forgets func(*interrupted) bool) []harness.Record {
	GinkgoHelper()
	held := slices.DeleteFunc(l.Held(), func(one harness.Record) bool { return slices.Contains(before, one.Path+"/"+one.ID) })
	var fields []string
	if l.Sample.HasRemote() && l.Exists(ctx) {
		fields = harness.AppliedFields(l.CommonStatus())
	}
	for i := range held {
		if forgets == nil || !forgets(l) || slices.Contains(l.HeldWithout, held[i].Path+"/"+held[i].ID) {
			continue
		}
		set := map[string]any{}
		harness.EachOwnerAnnotation(held[i].Doc, func(holder map[string]any, name string) { set[name] = holder[name] })
		for _, field := range fields {
			value, _ := harness.ValueAt(harness.WrittenPart(held[i].Doc), field)
			set[field] = value
		}
		held[i].Doc = set
	}
	return held
}

var everyMoment = flag.Bool("every-moment", false, "kill before and after every request of every kind: make crash")

// isMoment says that here the operator may die with another outcome than at the moment before: when a write of its own was carried out. What
// it only read is gone with it. Lest that be a mistake, for rooms and MeshProjects every moment counts, and for all kinds with
// -every-moment: before each request, and after it.
func isMoment(s harness.Sample, r *http.Request, carriedOut bool) bool {
	_, inProject, inMeshAgent := strings.Cut(r.URL.Path, "/accounts/projects/")
	inMeshAgent = inMeshAgent || r.URL.Path == "/config"
	if inMeshAgent && strings.Contains(inProject, "/") != s.HasRemote() || !inMeshAgent && !s.Concerns(r) {
		return false // it is the MeshProject's own look, or not, or concerns other objects
	}
	isWrite := r.Method != http.MethodGet
	if s.Kind == "MeshRoom" || s.Kind == "MeshProject" || *everyMoment {
		return inMeshAgent || isWrite
	}
	return isWrite && carriedOut
}

// killAt makes a witness that kills the operator at the n-th moment.
func killAt(s harness.Sample, n int) func(*harness.Operator, *http.Request, bool) {
	var left atomic.Int64
	left.Store(int64(n))
	return func(o *harness.Operator, r *http.Request, carriedOut bool) {
		if isMoment(s, r, carriedOut) && left.Add(-1) == -1 {
			o.Kill()
		}
	}
}
