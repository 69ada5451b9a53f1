// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
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
	"github.com/meshagent/meshagent-operator/internal/controller/managed"
)

var _ = Describe("An operator that is killed", func() {
	for _, a := range acts {
		It("at any moment in the "+a.name+" ends up where an undisturbed one does", func(ctx SpecContext) {
			together(mirrors(), func(s sample) {
				if a.only == "" || a.only == s.kind {
					isInterrupted(ctx, s, a)
				}
			})
		}, SpecTimeout(10*time.Minute))
	}

	It("at 200 random moments leaves every object with exactly one room, and then none", func(ctx SpecContext) {
		const creating, deleting = 200, 60
		seed := uint64(GinkgoRandomSeed())
		By(fmt.Sprintf("seed %d: -ginkgo.seed repeats it", seed))
		worlds := []uint64{1, 2, 3, 4}
		together(worlds, func(i uint64) {
			w := newWorld(ctx)
			random := rand.New(rand.NewPCG(seed, i))
			rooms := createsUnderKills(ctx, w, random, creating/len(worlds))
			deletesUnderKills(ctx, w, random, deleting/len(worlds), rooms)
		})
	}, SpecTimeout(4*time.Minute))
})

// act is something that users do to an object, while the operator does not run. Then it runs and is killed at some moment; then
// something else may happen to the object meanwhile; then it runs again.
type act struct {
	name      string
	only      string // kind
	exists    bool   // the resource, before
	do        func(context.Context, *life)
	meanwhile func(context.Context, *life)
	// forgets says that a resource that bears a mark may keep what its object had set and does not set any more: status was to remember
	// that, and was not written. Only a write more in each creation could tell such a field from one that somebody else has set.
	forgets bool
}

var acts = []act{
	{name: "creation", do: applied},
	{name: "creation, with a change meanwhile,", do: applied, meanwhile: changed, forgets: true},
	{name: "creation, with a new name meanwhile,", do: applied, meanwhile: renamed, only: "MeshRoom"},
	{name: "creation, with its deletion meanwhile,", do: applied, meanwhile: deleted},
	{name: "adoption", do: adopted},
	{name: "change", exists: true, do: changed},
	{name: "change, with its undoing meanwhile,", exists: true, do: changed, meanwhile: undone},
	{name: "change, with its deletion meanwhile,", exists: true, do: changed, meanwhile: deleted},
	{name: "renaming", exists: true, do: renamed, only: "MeshRoom"},
	{name: "renaming, with its deletion meanwhile,", exists: true, do: renamed, meanwhile: deleted, only: "MeshRoom"},
	{name: "deletion", exists: true, do: deleted},
	{name: "orphaning", exists: true, do: func(ctx context.Context, l *life) {
		l.patch(ctx, `{"spec": {"deletionPolicy": "Orphan"}}`)
		deleted(ctx, l)
	}},
}

func applied(ctx context.Context, l *life) {
	l.obj = l.sample.object()
	l.apply(ctx, l.obj)
}

// adopted applies the sample where its resource is in MeshAgent already, not quite as it should be, and nobody's.
func adopted(ctx context.Context, l *life) {
	GinkgoHelper()
	l.meshagent.Add(l.resource.Path, strayed(l.found, l.fields))
	l.obj = l.sample.object()
	l.obj.(managed.Object).CommonSpec().AdoptionPolicy = v1alpha1.AdoptIfUnowned
	l.apply(ctx, l.obj)
}

// strayed is a copy of what stands for a sample, without marks and with one string changed, which is not its name.
func strayed(doc map[string]any, fields []string) map[string]any {
	GinkgoHelper()
	doc = runtime.DeepCopyJSON(doc)
	delete(doc, "id")
	unmark(doc)
	within := doc
	if spec, ok := doc["spec"].(map[string]any); ok {
		within = spec
	}
	for _, field := range fields {
		if !strings.HasSuffix(field, "room.name") && !slices.Contains([]string{"name", "metadata.name", "kind", "domain", "room", "room_id", "user_id", "email"}, field) && disturb(within, field) {
			return doc
		}
	}
	Fail(fmt.Sprintf("no string among %v could be changed", fields))
	return nil
}

// unmark removes the owner's mark wherever it is in a document.
func unmark(value any) {
	switch value := value.(type) {
	case map[string]any:
		delete(value, v1alpha1.OwnerAnnotation)
		delete(value, v1alpha1.AdoptedAnnotation)
		for _, member := range value {
			unmark(member)
		}
	case []any:
		for _, member := range value {
			unmark(member)
		}
	}
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
	l.found, l.fields = l.document(), l.common().AppliedFields
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
	end := l.end(ctx, a.forgets && l.marks)

	deleted(ctx, l)
	l.eventuallyGone(ctx, l.obj)
	for _, one := range l.held() {
		if !slices.Contains(l.without, one.Path+"/"+one.ID) {
			l.meshagent.Remove(one.Path, one.ID) // orphaned, as it should be
		}
	}
	return end
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

// end tells what is there: the object's status, and all that MeshAgent holds, but for what differs each time.
func (l *life) end(ctx context.Context, withoutContent bool) string {
	GinkgoHelper()
	var status any
	if err := l.Get(ctx, client.ObjectKeyFromObject(l.obj), l.obj); err == nil {
		status = timeless(l.raw(ctx).Object["status"])
	}
	held := slices.DeleteFunc(l.held(), func(one record) bool { return slices.Contains(l.nothing, one.Path+"/"+one.ID) })
	for i := range held {
		if withoutContent {
			held[i].Doc = nil
		}
	}
	text, err := json.MarshalIndent(map[string]any{"status": status, "held": held}, "", " ")
	Expect(err).NotTo(HaveOccurred())
	return l.anonymous(string(text))
}

var everyMoment = flag.Bool("every-moment", false, "kill before and after every request of every kind: make crash")

// isMoment says that here the operator may die with another outcome than at the moment before: when a write of its own was carried out. What
// it only read is gone with it. Lest that be a mistake, for rooms every moment counts, and for all kinds with -every-moment: before each
// request, and after it.
func isMoment(s sample, r *http.Request, carriedOut bool) bool {
	_, inProject, inMeshAgent := strings.Cut(r.URL.Path, "/accounts/projects/")
	if inMeshAgent && !strings.Contains(inProject, "/") || !inMeshAgent && !strings.Contains(r.URL.Path, "/"+strings.ToLower(s.kind)+"s/") {
		return false // the MeshProject's own look, and what concerns other objects
	}
	isWrite := r.Method != http.MethodGet
	if s.kind == "MeshRoom" || *everyMoment {
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

// moments is how many there are in a pass that creates or deletes a room: before and after its finalizer and its status are written,
// or it is read, and it is created or deleted in MeshAgent.
const moments = 6

func createsUnderKills(ctx context.Context, w *world, random *rand.Rand, kills int) []client.Object {
	first := w.start(operatorOptions{})
	w.eventuallyReady(ctx, w.project(ctx))
	first.stop()
	var rooms []client.Object
	for range kills {
		for range 1 + random.IntN(2) {
			rooms = append(rooms, room(fmt.Sprintf("room-%03d", len(rooms))))
			w.apply(ctx, rooms[len(rooms)-1])
		}
		w.diesAt(ctx, random.IntN(moments))
	}
	last := w.start(operatorOptions{})
	w.eventuallyReady(ctx, rooms...)
	last.stop()

	explained, found := map[string]any{}, map[string]any{}
	for _, obj := range rooms {
		status := obj.(*v1alpha1.MeshRoom).Status
		Expect(status.IsAdopted()).To(BeFalse(), "%s was created for its object, whoever remembers", obj.GetName())
		explained[obj.GetName()] = status.ID
	}
	for _, document := range w.meshagent.Documents("rooms") {
		found[fmt.Sprint(document["name"])] = document["id"]
	}
	Expect(found).To(Equal(explained))
	Expect(w.meshagent.Documents("rooms")).To(HaveLen(len(rooms)))
	return rooms
}

func deletesUnderKills(ctx context.Context, w *world, random *rand.Rand, kills int, rooms []client.Object) {
	for range kills {
		for range 1 + random.IntN(3) {
			Expect(w.Delete(ctx, rooms[0])).To(Succeed())
			rooms = rooms[1:]
		}
		w.diesAt(ctx, random.IntN(moments))
	}
	w.start(operatorOptions{})
	Expect(w.DeleteAllOf(ctx, &v1alpha1.MeshRoom{}, client.InNamespace(w.namespace))).To(Succeed())
	Eventually(func() ([]v1alpha1.MeshRoom, error) {
		var left v1alpha1.MeshRoomList
		err := w.List(ctx, &left, client.InNamespace(w.namespace))
		return left.Items, err
	}).WithContext(ctx).Should(BeEmpty())
	Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
}

// diesAt runs an operator until it is killed.
func (w *world) diesAt(ctx context.Context, moment int) {
	GinkgoHelper()
	operator := w.start(operatorOptions{witness: killAt(sample{kind: "MeshRoom"}, moment)})
	Eventually(operator.dead.Load).WithContext(ctx).Should(BeTrue(), "moment %d was not reached", moment)
}
