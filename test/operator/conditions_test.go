// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"fmt"
	"strings"

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

// statusOf is the part of an object's status that all kinds have.
func statusOf(obj client.Object) *v1alpha1.ObjectStatus {
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

// conditions writes an object's conditions down in a form that matchers and people can read.
func conditions(obj client.Object) string {
	var lines []string
	for _, c := range statusOf(obj).Conditions {
		lines = append(lines, fmt.Sprintf("%s=%s %s: %s", c.Type, c.Status, c.Reason, c.Message))
	}
	return strings.Join(lines, "\n")
}

// state reads an object, checks that its conditions make sense together, and writes them down.
func (w *world) state(ctx context.Context, obj client.Object) func() (string, error) {
	return func() (string, error) {
		if err := w.Get(ctx, client.ObjectKeyFromObject(obj), obj); err != nil {
			return "", err
		}
		checkConditions(obj)
		if statusOf(obj).ObservedGeneration != obj.GetGeneration() {
			return "an earlier generation: " + conditions(obj), nil
		}
		return conditions(obj), nil
	}
}

// checkConditions holds at every moment of every object.
func checkConditions(obj client.Object) {
	GinkgoHelper()
	s := statusOf(obj)
	if s.ObservedGeneration == -1 {
		Expect(s.Conditions).To(BeEmpty(), "conditions before the first look")
		want := status.InProgressStatus
		if !obj.GetDeletionTimestamp().IsZero() {
			want = status.TerminatingStatus
		}
		Expect(kstatus(obj)).To(Equal(want), "before the first look")
		checkArgoHealth(obj, want, false)
		return
	}
	Expect(s.ObservedGeneration).To(BeNumerically("<=", obj.GetGeneration()))
	is := func(kind string) bool { return meta.IsStatusConditionTrue(s.Conditions, kind) }
	text := conditions(obj)
	for _, always := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced} {
		Expect(meta.FindStatusCondition(s.Conditions, always)).NotTo(BeNil(), "%s is missing from:\n%s", always, text)
	}
	for _, onlyTrue := range []string{v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled} {
		found := meta.FindStatusCondition(s.Conditions, onlyTrue)
		Expect(found == nil || found.Status == metav1.ConditionTrue).To(BeTrue(), text)
	}
	Expect(is(v1alpha1.ConditionReconciling) && is(v1alpha1.ConditionStalled)).To(BeFalse(), text)
	if is(v1alpha1.ConditionStalled) && is(v1alpha1.ConditionReady) {
		// Only what the server cannot show any more is neither changed nor less usable.
		Expect(meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionStalled).Reason).To(Equal(v1alpha1.ReasonUnsupported), text)
	}
	for _, c := range s.Conditions {
		Expect(c.Message).NotTo(BeEmpty(), text)
		Expect(c.Reason).NotTo(BeEmpty(), text)
		Expect(c.ObservedGeneration).To(BeNumerically("<=", s.ObservedGeneration), text)
		Expect(c.Message).NotTo(ContainSubstring(secretOf(simulator.DevelopmentKey)))
	}
	checkKstatus(obj, is)
}

// checkKstatus compares what GitOps tools compute with what the conditions say.
func checkKstatus(obj client.Object, is func(string) bool) {
	GinkgoHelper()
	s := statusOf(obj)
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
	Expect(kstatus(obj)).To(Equal(want), conditions(obj))
	synced := meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionSynced)
	suspended := synced.Reason == v1alpha1.ReasonSuspended && s.ObservedGeneration == obj.GetGeneration() && obj.GetDeletionTimestamp().IsZero()
	checkArgoHealth(obj, want, suspended)
}

func kstatus(obj client.Object) status.Status {
	GinkgoHelper()
	result, err := status.Compute(&unstructured.Unstructured{Object: content(obj)})
	Expect(err).NotTo(HaveOccurred())
	return result.Status
}

// content is an object as GitOps tools read it.
func content(obj client.Object) map[string]any {
	GinkgoHelper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	Expect(err).NotTo(HaveOccurred())
	return content
}
