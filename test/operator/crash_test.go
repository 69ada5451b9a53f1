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
)

var _ = Describe("An operator that is killed", func() {
	for _, a := range acts {
		It("at any moment in the "+a.name+" ends up where an undisturbed one does", func(ctx SpecContext) {
			together(slices.DeleteFunc(samples(), func(s sample) bool { return a.of != nil && !a.of(s) }), func(s sample) { isInterrupted(ctx, s, a) })
		}, SpecTimeout(10*time.Minute))
	}
})

// act is something that users do to an object, while the operator does not run. Then it runs and is killed at some moment; then
// something else may happen to the object meanwhile; then it runs again.
type act struct {
	name      string
	of        func(sample) bool // nil: all
	exists    bool              // the object, before
	do        func(context.Context, *life)
	meanwhile func(context.Context, *life)
	// forgets says that what the object does not set, or sets no more, may differ: what it had set once, and status was not yet to remember.
	forgets func(*life) bool
}

var acts = []act{
	{name: "creation", do: applied},
	// Of a resource that bears a mark, only a write more in each creation could tell what its object had set from what somebody else has.
	{name: "creation, with a change meanwhile,", do: applied, meanwhile: changed, forgets: func(l *life) bool { return l.marks }},
	{name: "creation, with a new name meanwhile,", do: applied, meanwhile: renamed, of: isRoom},
	{name: "creation, with its deletion meanwhile,", do: applied, meanwhile: deleted},
	{name: "adoption", do: adopted, of: sample.mirrors},
	// What it was to set when it was adopted, it may have set already.
	{name: "adoption, with its deletion meanwhile,", do: adopted, meanwhile: deleted, of: sample.mirrors, forgets: func(*life) bool { return true }},
	{name: "change", exists: true, do: changed},
	{name: "change, with its undoing meanwhile,", exists: true, do: changed, meanwhile: undone},
	{name: "change, with its deletion meanwhile,", exists: true, do: changed, meanwhile: deleted},
	{name: "renaming", exists: true, do: renamed, of: isRoom},
	{name: "renaming, with its deletion meanwhile,", exists: true, do: renamed, meanwhile: deleted, of: isRoom},
	{name: "deletion", exists: true, do: deleted},
	{name: "orphaning", exists: true, of: sample.mirrors, do: func(ctx context.Context, l *life) {
		l.patch(ctx, `{"spec": {"deletionPolicy": "Orphan"}}`)
		deleted(ctx, l)
	}},
}

func isRoom(s sample) bool { return s.kind == "MeshRoom" }

func applied(ctx context.Context, l *life) {
	l.obj = l.sample.object()
	l.apply(ctx, l.obj)
}

// adopted applies the sample where its resource is in MeshAgent already, not quite as it should be, and nobody's.
func adopted(ctx context.Context, l *life) {
	GinkgoHelper()
	l.meshagent.Add(l.resource.Path, strayed(l.found, l.fields))
	l.obj = l.sample.object()
	l.obj.(engine.Object).CommonSpec().AdoptionPolicy = v1alpha1.AdoptIfUnowned
	l.apply(ctx, l.obj)
}

// strayed is a copy of what stands for a sample, without marks and with one string changed, which is not its name.
func strayed(doc map[string]any, fields []string) map[string]any {
	GinkgoHelper()
	doc = runtime.DeepCopyJSON(doc)
	delete(doc, "id")
	eachMark(doc, func(holder map[string]any, name string) { delete(holder, name) })
	within := writtenPart(doc)
	for _, field := range fields {
		if !strings.HasSuffix(field, "room.name") && !slices.Contains([]string{"name", "metadata.name", "kind", "domain", "room", "room_id", "user_id", "email"}, field) && disturb(within, field) {
			return doc
		}
	}
	Fail(fmt.Sprintf("no string among %v could be changed", fields))
	return nil
}

func changed(ctx context.Context, l *life) { l.patch(ctx, l.sample.change()) }

func undone(ctx context.Context, l *life) { l.overwrite(ctx, "spec", l.original) }

func renamed(ctx context.Context, l *life) { l.patch(ctx, `{"spec": {"name": "renamed"}}`) }

func deleted(ctx context.Context, l *life) {
	GinkgoHelper()
	Expect(client.IgnoreNotFound(l.Delete(ctx, l.obj))).To(Succeed())
}

// isInterrupted lets an act happen undisturbed, which shows of what moments it consists, and then again and again, with the operator killed
// at one moment after the other.
func isInterrupted(ctx context.Context, s sample, a act) {
	w := newWorld(ctx)
	l := w.begin(ctx, s)
	l.operator = w.start(operatorOptions{})
	l.follow(ctx)
	l.again(ctx)
	l.original, l.marks = l.raw(ctx).Object["spec"], l.marked()
	if s.mirrors() {
		l.found, l.fields = l.document(), appliedFields(l.common())
	}
	l.delete(ctx)

	var mu sync.Mutex
	var moments []string
	undisturbed := a.enact(ctx, l, func(_ *operator, r *http.Request, carriedOut bool) {
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
func (a act) enact(ctx context.Context, l *life, witness func(*operator, *http.Request, bool), lives bool) string {
	GinkgoHelper()
	if a.exists {
		applied(ctx, l)
		l.eventuallyReady(ctx, l.obj)
	}
	l.operator.stop()

	a.do(ctx, l)
	watched := l.start(operatorOptions{witness: witness})
	Eventually(func() (bool, error) {
		settled, err := l.settled(ctx)
		return settled && lives || watched.dead.Load(), err
	}).WithContext(ctx).Should(BeTrue())
	watched.stop()
	if a.meanwhile != nil {
		a.meanwhile(ctx, l)
	}
	l.operator = l.start(operatorOptions{})
	Eventually(func() (bool, error) { return l.settled(ctx) }).WithContext(ctx).Should(BeTrue())
	if l.exists(ctx) {
		l.meshagent.ResetCalls()
		l.look(ctx, l.obj)
		Expect(conditions(l.obj)).To(beReady())
		Expect(l.written()).To(BeEmpty(), "it was Ready")
	}
	end := map[string]any{"status": l.lastStatus(ctx), "held": l.remains(ctx, l.nothing, a.forgets)}

	deleted(ctx, l)
	l.eventuallyGone(ctx, l.obj)
	end["left"] = l.remains(ctx, l.without, a.forgets)
	for _, one := range l.held() {
		if !slices.Contains(l.without, one.Path+"/"+one.ID) {
			l.meshagent.Remove(one.Path, one.ID)
		}
	}
	text, err := json.MarshalIndent(end, "", " ")
	Expect(err).NotTo(HaveOccurred())
	return l.anonymous(string(text))
}

// settled says that an object is Ready, or gone if it is to go.
func (l *life) settled(ctx context.Context) (bool, error) {
	text, err := l.state(ctx, l.obj)()
	if err != nil {
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	}
	ready, err := beReady().Match(text)
	return ready && l.obj.GetDeletionTimestamp().IsZero(), err
}

// lastStatus is the status of the object, if there is one, but for what differs each time.
func (l *life) lastStatus(ctx context.Context) map[string]any {
	GinkgoHelper()
	if !l.exists(ctx) {
		return nil
	}
	status := timeless(l.raw(ctx).Object["status"])
	delete(status, "lastHandledReconcileAt")
	return status
}

// remains is what MeshAgent holds besides what was there before: all of it, or only what the object sets, and marks.
func (l *life) remains(ctx context.Context, before []string, forgets func(*life) bool) []record {
	GinkgoHelper()
	held := slices.DeleteFunc(l.held(), func(one record) bool { return slices.Contains(before, one.Path+"/"+one.ID) })
	var fields []string
	if l.sample.mirrors() && l.exists(ctx) {
		fields = appliedFields(l.common())
	}
	for i := range held {
		if forgets == nil || !forgets(l) || slices.Contains(l.without, held[i].Path+"/"+held[i].ID) {
			continue
		}
		set := map[string]any{}
		eachMark(held[i].Doc, func(holder map[string]any, name string) { set[name] = holder[name] })
		for _, field := range fields {
			value, _ := valueAt(writtenPart(held[i].Doc), field)
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
func isMoment(s sample, r *http.Request, carriedOut bool) bool {
	_, inProject, inMeshAgent := strings.Cut(r.URL.Path, "/accounts/projects/")
	inMeshAgent = inMeshAgent || r.URL.Path == "/config"
	if inMeshAgent && strings.Contains(inProject, "/") != s.mirrors() || !inMeshAgent && !s.concerns(r) {
		return false // it is the MeshProject's own look, or not, or concerns other objects
	}
	isWrite := r.Method != http.MethodGet
	if s.kind == "MeshRoom" || s.kind == "MeshProject" || *everyMoment {
		return inMeshAgent || isWrite
	}
	return isWrite && carriedOut
}

// killAt makes a witness that kills the operator at the n-th moment.
func killAt(s sample, n int) func(*operator, *http.Request, bool) {
	var left atomic.Int64
	left.Store(int64(n))
	return func(o *operator, r *http.Request, carriedOut bool) {
		if isMoment(s, r, carriedOut) && left.Add(-1) == -1 {
			o.kill()
		}
	}
}
