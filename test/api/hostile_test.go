// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/harness/hostilevalue"
)

// What becomes of those that are admitted, test/operator shows.
var _ = Describe("A hostile value", func() {
	for _, s := range harness.Samples() {
		It("in any string of "+s.String()+" is admitted, or refused with a reason", func(ctx SpecContext) {
			admitted := 0
			for _, value := range hostilevalue.All {
				for _, place := range s.Strings() {
					manifest := s.Manifest("default")
					hostilevalue.Put(manifest.Object, place, value)
					err := harness.Admission().Create(ctx, manifest)
					if err == nil {
						admitted++
						continue
					}
					Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%q at %v: %v", value, place, err)
				}
			}
			Expect(admitted).NotTo(BeZero())
		})
	}
})
