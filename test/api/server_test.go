// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"errors"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/hostilevalue"
)

// All other specs check objects in process. These compare the results with a real API server.
var _ = Describe("A real API server", func() {
	It("answers the same to every creation in the tables", func(ctx SpecContext) {
		server := client.WithFieldValidation(harness.Client(), "Strict")
		compared := 0
		for kind, cases := range admissionCases {
			for _, one := range cases {
				want := answer(harness.Admission().Create(ctx, parse(kind, one.text)))
				Expect(answer(server.Create(ctx, parse(kind, one.text), client.DryRunAll))).To(Equal(want), "%s %s", kind, one.name)
				compared++
			}
		}
		Expect(compared).To(BeNumerically(">", 20*len(admissionCases)/2))
	})

	It("answers the same to every change in the tables", func(ctx SpecContext) {
		Expect(updateCases).NotTo(BeEmpty())
		for _, one := range updateCases {
			old := parse(one.kind, one.text)
			Expect(harness.Admission().Create(ctx, old)).To(Succeed())
			want := answer(update(ctx, old, one.patch))
			stored := parse(one.kind, one.text)
			Expect(harness.Client().Create(ctx, stored)).To(Succeed())
			err := harness.Client().Patch(ctx, stored, client.RawPatch(types.MergePatchType, []byte(one.patch)), client.DryRunAll)
			Expect(answer(err)).To(Equal(want), one.name)
			Expect(harness.Client().Delete(ctx, stored)).To(Succeed())
		}
	})

	It("answers the same to hostile values", func(ctx SpecContext) {
		server := client.WithFieldValidation(harness.Client(), "Strict")
		compared := 0
		for _, s := range harness.Samples() {
			for i, place := range s.Strings() { // another value at each
				manifest := s.Manifest("default")
				hostilevalue.Put(manifest.Object, place, hostilevalue.All[i%len(hostilevalue.All)])
				same := manifest.DeepCopy()
				want := answer(harness.Admission().Create(ctx, manifest))
				Expect(answer(server.Create(ctx, same, client.DryRunAll))).To(Equal(want), "%s: %v", s, place)
				compared++
			}
		}
		Expect(compared).To(BeNumerically(">", 5*len(harness.Samples())))
	})
})

// answer is what an API server says, in an order that does not depend on chance.
func answer(err error) []string {
	if err == nil {
		return nil
	}
	var status apierrors.APIStatus
	if !errors.As(err, &status) {
		return []string{err.Error()}
	}
	said := []string{string(status.Status().Reason)}
	if details := status.Status().Details; status.Status().Reason == metav1.StatusReasonInvalid && details != nil {
		for _, cause := range details.Causes {
			said = append(said, string(cause.Type)+" "+cause.Field+": "+cause.Message)
		}
		slices.Sort(said)
		return said
	}
	return append(said, status.Status().Message)
}
