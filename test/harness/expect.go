// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// BeReady matches the state of an object that is Ready and in sync.
func BeReady() gomegatypes.GomegaMatcher {
	return And(HavePrefix("Ready=True"), ContainSubstring("Synced=True"), Not(ContainSubstring("Reconciling")), Not(ContainSubstring("Stalled")))
}

// BeOutOfSync matches the state of an object whose present version is not in MeshAgent, for a
// reason.
func BeOutOfSync(reason string) gomegatypes.GomegaMatcher {
	return And(HavePrefix("Ready="), ContainSubstring("Synced=False "+reason+": "))
}

// ExpectReady waits until objects are Ready and Synced.
func (w *Env) ExpectReady(ctx context.Context, objects ...client.Object) {
	GinkgoHelper()
	for _, obj := range objects {
		Eventually(w.State(ctx, obj)).WithContext(ctx).Should(BeReady(), "%s", obj.GetName())
	}
}

// ExpectGone waits until objects of any kind are gone.
func (w *Env) ExpectGone(ctx context.Context, objects ...client.Object) {
	GinkgoHelper()
	for _, obj := range objects {
		Eventually(func() error { return w.Get(ctx, client.ObjectKeyFromObject(obj), obj) }).WithContext(ctx).Should(
			Satisfy(apierrors.IsNotFound), func() string {
				return fmt.Sprintf("%T %s is still there: %v", obj, obj.GetName(), Content(obj)["status"])
			})
		w.clearAway(obj)
	}
}

// clearAway deletes by hand what MeshAgent cannot delete.
func (w *Env) clearAway(obj client.Object) {
	if !samples.IsUndeletable(obj) {
		return
	}
	for _, one := range w.MeshAgent.All() {
		if own, ok := obj.(v1alpha1.Object); ok && one.ID == own.CommonStatus().ID {
			w.MeshAgent.Remove(one.Collection, one.ID)
		}
	}
}

// ExpectHeldRooms waits until so many MeshRooms are left and all their deletions are held.
func (w *Env) ExpectHeldRooms(ctx context.Context, count int) []v1alpha1.MeshRoom {
	GinkgoHelper()
	var list v1alpha1.MeshRoomList
	Eventually(func(g Gomega) {
		g.Expect(w.List(ctx, &list, client.InNamespace(w.Namespace))).To(Succeed())
		g.Expect(list.Items).To(HaveLen(count))
		for _, one := range list.Items {
			g.Expect(ConditionsOf(&one)).To(And(HavePrefix("Ready=False Deleting"), ContainSubstring("Synced=False DeletionHeld: "),
				ContainSubstring(v1alpha1.AllowDeletionsUntilAnnotation)))
			CheckConditions(&one)
		}
	}).WithContext(ctx).Should(Succeed())
	Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(count))
	return list.Items
}

// RequestReconcile requests a reconcile of an object, and waits until the operator has confirmed
// it.
func (w *Env) RequestReconcile(ctx context.Context, obj client.Object) {
	GinkgoHelper()
	token := uuid.NewString()
	w.Annotate(ctx, obj, v1alpha1.ReconcileRequestedAtAnnotation, token)
	Eventually(func() (string, error) {
		_, err := w.State(ctx, obj)()
		return StatusOf(obj).LastHandledReconcileAt, err
	}).WithContext(ctx).Should(Equal(token))
}

// Events lists the reasons of an object's events, in order.
func (w *Env) Events(ctx context.Context, obj client.Object) func() ([]string, error) {
	return func() ([]string, error) {
		var list eventsv1.EventList
		if err := w.List(ctx, &list, client.InNamespace(obj.GetNamespace())); err != nil {
			return nil, err
		}
		slices.SortFunc(list.Items, func(a, b eventsv1.Event) int { return a.EventTime.Compare(b.EventTime.Time) })
		var reasons []string
		for _, event := range list.Items {
			if event.Regarding.UID == obj.GetUID() {
				reasons = append(reasons, event.Reason+": "+event.Note)
			}
		}
		return reasons, nil
	}
}
