// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"fmt"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// StatusOf returns the part of an object's status that all kinds have.
func StatusOf(obj client.Object) *v1alpha1.ObjectStatus {
	GinkgoHelper()
	switch obj := obj.(type) {
	case *v1alpha1.MeshProject:
		return &obj.Status.ObjectStatus
	case interface{ CommonStatus() *v1alpha1.CommonStatus }:
		return &obj.CommonStatus().ObjectStatus
	}
	Fail(fmt.Sprintf("%T has no conditions", obj))
	return nil
}

// ConditionsOf writes an object's conditions in a form for matchers and people.
func ConditionsOf(obj client.Object) string {
	var lines []string
	for _, c := range StatusOf(obj).Conditions {
		lines = append(lines, fmt.Sprintf("%s=%s %s: %s", c.Type, c.Status, c.Reason, c.Message))
	}
	return strings.Join(lines, "\n")
}

// State reads an object, checks that its conditions are consistent, and writes them as text.
func (w *Env) State(ctx context.Context, obj client.Object) func() (string, error) {
	return func() (string, error) {
		if err := w.Get(ctx, client.ObjectKeyFromObject(obj), obj); err != nil {
			return "", err
		}
		CheckConditions(obj)
		if StatusOf(obj).ObservedGeneration != obj.GetGeneration() {
			return "an earlier generation: " + ConditionsOf(obj), nil
		}
		return ConditionsOf(obj), nil
	}
}

// checked are the versions of objects whose conditions were checked, because a wait reads the same
// version again and again.
var checked sync.Map

// CheckConditions checks what must be true at every moment of every object.
func CheckConditions(obj client.Object) {
	GinkgoHelper()
	version := string(obj.GetUID()) + " " + obj.GetResourceVersion()
	if _, known := checked.Load(version); known {
		return
	}
	checkConditions(obj)
	checked.Store(version, nil)
}

func checkConditions(obj client.Object) {
	GinkgoHelper()
	s := StatusOf(obj)
	if s.ObservedGeneration == -1 {
		Expect(s.Conditions).To(BeEmpty(), "conditions before the first look")
		want := status.InProgressStatus
		if !obj.GetDeletionTimestamp().IsZero() {
			want = status.TerminatingStatus
		}
		Expect(KStatus(obj)).To(Equal(want), "before the first look")
		checkArgoHealth(obj, want, false)
		return
	}
	Expect(s.ObservedGeneration).To(BeNumerically("<=", obj.GetGeneration()))
	is := func(kind string) bool { return meta.IsStatusConditionTrue(s.Conditions, kind) }
	text := ConditionsOf(obj)
	for _, always := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced} {
		Expect(meta.FindStatusCondition(s.Conditions, always)).NotTo(BeNil(), "%s is missing from:\n%s", always, text)
	}
	for _, onlyTrue := range []string{v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled} {
		found := meta.FindStatusCondition(s.Conditions, onlyTrue)
		Expect(found == nil || found.Status == metav1.ConditionTrue).To(BeTrue(), text)
	}
	Expect(is(v1alpha1.ConditionReconciling) && is(v1alpha1.ConditionStalled)).To(BeFalse(), text)
	if is(v1alpha1.ConditionStalled) && is(v1alpha1.ConditionReady) {
		// Only a resource that the server cannot show any more is unchanged and still usable.
		Expect(meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionStalled).Reason).To(Equal(v1alpha1.ReasonUnsupported), text)
	}
	for _, c := range s.Conditions {
		Expect(c.Message).NotTo(BeEmpty(), text)
		Expect(c.Reason).NotTo(BeEmpty(), text)
		Expect(c.ObservedGeneration).To(BeNumerically("<=", s.ObservedGeneration), text)
		Expect(c.Message).NotTo(ContainSubstring(SecretPart(simulator.DevelopmentKey)))
	}
	checkKstatus(obj, is)
}

// checkKstatus compares the status of GitOps tools with the conditions.
func checkKstatus(obj client.Object, is func(string) bool) {
	GinkgoHelper()
	s := StatusOf(obj)
	want := status.InProgressStatus
	switch {
	case !obj.GetDeletionTimestamp().IsZero():
		want = status.TerminatingStatus
	case s.ObservedGeneration != obj.GetGeneration():
	case is(v1alpha1.ConditionStalled):
		want = status.FailedStatus
	case is(v1alpha1.ConditionReady) && !is(v1alpha1.ConditionReconciling):
		want = status.CurrentStatus
	}
	Expect(KStatus(obj)).To(Equal(want), ConditionsOf(obj))
	synced := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionSynced)
	suspended := synced.Reason == v1alpha1.ReasonSuspended && s.ObservedGeneration == obj.GetGeneration() && obj.GetDeletionTimestamp().IsZero()
	checkArgoHealth(obj, want, suspended)
}

// KStatus returns the status that GitOps tools compute for an object.
func KStatus(obj client.Object) status.Status {
	GinkgoHelper()
	result, err := status.Compute(&unstructured.Unstructured{Object: Content(obj)})
	Expect(err).NotTo(HaveOccurred())
	return result.Status
}

// Content returns an object as GitOps tools read it.
func Content(obj client.Object) map[string]any {
	GinkgoHelper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	Expect(err).NotTo(HaveOccurred())
	return content
}
