// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controlplane"
	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

// isStatusWrite says that a request writes the status of one of our objects.
func isStatusWrite(r *http.Request) bool {
	return r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/meshagent.com/") && strings.HasSuffix(r.URL.Path, "/status")
}

var _ = Describe("When Kubernetes", func() {
	DescribeTable("does not take what is written, nothing is made twice, and all is written in the end",
		func(ctx SpecContext, code int, reason metav1.StatusReason, matches func(*http.Request) bool) {
			w := newWorld(ctx)
			var left atomic.Int64
			w.start(operatorOptions{refuse: func(r *http.Request) (int, metav1.StatusReason) {
				if matches(r) && left.Add(-1) >= 0 {
					return code, reason
				}
				return 0, ""
			}})
			w.eventuallyReady(ctx, w.project(ctx))
			const refusals = 5
			mine := room("support")
			left.Store(refusals)
			w.apply(ctx, mine)
			w.eventuallyReady(ctx, mine)
			left.Store(refusals)
			w.edit(ctx, mine, func() { mine.Spec.Metadata = &runtime.RawExtension{Raw: []byte(`{"a": 1}`)} })
			w.eventuallyReady(ctx, mine)
			Expect(w.remoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKey("a")))
			left.Store(refusals)
			Expect(w.Delete(ctx, mine)).To(Succeed())
			w.eventuallyGone(ctx, mine)
			Expect(w.calls(http.MethodPost)).To(HaveLen(1))
			Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
		},
		Entry("for every status meets a conflict", http.StatusConflict, metav1.StatusReasonConflict, isStatusWrite),
		Entry("for every status is refused", http.StatusForbidden, metav1.StatusReasonForbidden, isStatusWrite),
		Entry("for it fails", http.StatusInternalServerError, metav1.StatusReasonInternalError, isStatusWrite),
		Entry("for every finalizer meets a conflict", http.StatusConflict, metav1.StatusReasonConflict, func(r *http.Request) bool {
			return r.Method == http.MethodPatch && strings.HasSuffix(r.URL.Path, "/meshrooms/support")
		}),
	)

	It("loses the finalizer by somebody's hand, it is set again", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		mine := room("support")
		w.apply(ctx, mine)
		w.eventuallyReady(ctx, mine)
		Expect(w.Patch(ctx, mine, client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`)))).To(Succeed())
		Eventually(func() ([]string, error) {
			err := w.Get(ctx, client.ObjectKeyFromObject(mine), mine)
			return mine.Finalizers, err
		}).WithContext(ctx).Should(ContainElement(v1alpha1.Finalizer))
		Expect(w.written()).To(HaveLen(1))
	})

	It("gets an object of the same name back while the old one is being deleted, each has its own resource", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.project(ctx)
		old := room("support", withMetadata(`{"a": 1}`))
		w.apply(ctx, old)
		w.eventuallyReady(ctx, old)
		id := old.Status.ID
		end := w.meshagent.Inject(simulator.Fault{Method: http.MethodDelete, Status: 503})
		Expect(w.Delete(ctx, old)).To(Succeed())
		Eventually(w.state(ctx, old)).WithContext(ctx).Should(ContainSubstring("Ready=False Deleting"))
		again := room("support", withMetadata(`{"b": 2}`))
		again.Namespace = w.namespace
		Expect(apierrors.IsAlreadyExists(w.Create(ctx, again))).To(BeTrue())

		By("removing the finalizer by hand, so that the old one goes at once and its room stays")
		Expect(w.Patch(ctx, old, client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`)))).To(Succeed())
		w.eventuallyGone(ctx, old)
		end()
		w.apply(ctx, again)
		w.eventuallyReady(ctx, again)
		Expect(again.Status.ID).To(Equal(id), "it bears the mark of this name")
		Expect(again.Status.IsAdopted()).To(BeFalse())
		Expect(w.Delete(ctx, again)).To(Succeed())
		w.eventuallyGone(ctx, again)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("has two operators, one waits, takes over when the other is killed, and repeats nothing", func(ctx SpecContext) {
		w := newWorld(ctx)
		first := w.start(operatorOptions{leaderElect: true})
		w.project(ctx)
		rooms := w.manyRooms(ctx, 5)
		second := w.start(operatorOptions{leaderElect: true})
		w.meshagent.ResetCalls()
		first.kill()
		second.writes.Store(0)
		late := room("late")
		w.apply(ctx, late)
		w.eventuallyReady(ctx, append(rooms, late)...)
		Expect(w.written()).To(Equal([]string{"POST rooms"}))
	})

	It("is two clusters that declare one room, the first keeps it", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{ownerID: "cluster-1"})
		w.project(ctx)
		mine := room("support", withMetadata(`{"team": "mine"}`))
		w.apply(ctx, mine)
		w.eventuallyReady(ctx, mine)

		other := newWorld(ctx)
		other.meshagent = w.meshagent
		other.start(operatorOptions{ownerID: "cluster-2", driftInterval: time.Second})
		other.project(ctx)
		theirs := room("support", withMetadata(`{"team": "theirs"}`))
		other.apply(ctx, theirs)
		Eventually(other.state(ctx, theirs)).WithContext(ctx).Should(ContainSubstring("Stalled=True OwnedElsewhere"))
		Expect(other.Delete(ctx, theirs)).To(Succeed())
		other.eventuallyGone(ctx, theirs)
		Expect(w.remoteRoom("support")).To(HaveKeyWithValue("metadata", HaveKeyWithValue("team", "mine")))
	})
})

// These need a control plane of their own: they break it for all who are in it.
var _ = Describe("A cluster", Ordered, func() {
	var plane *controlplane.ControlPlane
	var direct client.Client
	crds := filepath.Join("..", "..", "config", "crd", "bases")

	BeforeAll(func(ctx SpecContext) {
		var err error
		plane, err = controlplane.Start(ctx, controlplane.Options{
			CRDPaths:           []string{crds},
			KubeAPIServerFlags: map[string][]string{"request-timeout": {"3s"}}, // for so long it waits for watches when it ends
		})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { Expect(plane.Stop()).To(Succeed()) })
		Expect(apiextensionsv1.AddToScheme(scheme)).To(Succeed())
		direct, err = client.New(plane.Config, client.Options{Scheme: scheme})
		Expect(err).NotTo(HaveOccurred())
	})

	It("whose API server is restarted loses nothing", func(ctx SpecContext) {
		w := newWorldIn(ctx, plane, direct)
		w.start(operatorOptions{driftInterval: time.Second})
		w.project(ctx)
		rooms := w.manyRooms(ctx, 3)
		w.meshagent.ResetCalls()
		Expect(plane.RestartAPIServer()).To(Succeed())
		mine := rooms[0].(*v1alpha1.MeshRoom)
		w.edit(ctx, mine, func() { mine.Spec.Metadata = &runtime.RawExtension{Raw: []byte(`{"team": "care"}`)} })
		late := room("late")
		w.apply(ctx, late)
		w.eventuallyReady(ctx, append(rooms, late)...)
		Expect(w.written()).To(ConsistOf("PUT rooms/"+mine.Status.ID, "POST rooms"))
		for _, obj := range append(rooms, late) {
			Expect(w.Delete(ctx, obj)).To(Succeed())
		}
		w.eventuallyGone(ctx, append(rooms, late)...)
	})

	It("from which the CustomResourceDefinition is removed deletes what it declared, and goes on when that is back", func(ctx SpecContext) {
		w := newWorldIn(ctx, plane, direct)
		w.start(operatorOptions{})
		w.project(ctx)
		w.manyRooms(ctx, 3)
		definition := &apiextensionsv1.CustomResourceDefinition{ObjectMeta: metav1.ObjectMeta{Name: "meshrooms.meshagent.com"}}
		Expect(w.Delete(ctx, definition)).To(Succeed())
		Eventually(func() bool {
			return apierrors.IsNotFound(w.Get(ctx, client.ObjectKeyFromObject(definition), definition))
		}).WithContext(ctx).Should(BeTrue())
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())

		_, err := envtest.InstallCRDs(plane.Config, envtest.CRDInstallOptions{Paths: []string{crds}})
		Expect(err).NotTo(HaveOccurred())
		late := room("late")
		w.apply(ctx, late)
		w.eventuallyReady(ctx, late)
	}, SpecTimeout(3*time.Minute))
})
