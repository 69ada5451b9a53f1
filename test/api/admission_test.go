// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// admissionCase is YAML without apiVersion, kind and namespace, and what to be told of it: "" for
// nothing.
type admissionCase struct{ name, text, want string }

func good(name, text string) admissionCase { return admissionCase{name, text, ""} }

func bad(name, text, want string) admissionCase { return admissionCase{name, text, want} }

// updateCase is the same for a merge patch of an object.
type updateCase struct{ name, kind, text, patch, want string }

func goodUpdate(name, kind, text, patch string) updateCase {
	return updateCase{name, kind, text, patch, ""}
}

func badUpdate(name, kind, text, patch, want string) updateCase {
	return updateCase{name, kind, text, patch, want}
}

var (
	admissionCases = map[string][]admissionCase{} // by kind
	updateCases    []updateCase
)

func describeAdmission(kind string, cases ...admissionCase) bool {
	admissionCases[kind] = append(admissionCases[kind], cases...)
	return Describe("A "+kind, func() {
		for _, one := range cases {
			It(one.name+verdict(one.want), func(ctx SpecContext) {
				expectAnswer(harness.Admission().Create(ctx, parse(kind, one.text)), one.want)
			})
		}
	})
}

func describeUpdates(cases ...updateCase) bool {
	updateCases = append(updateCases, cases...)
	return Describe("A change of", func() {
		for _, one := range cases {
			It(one.name+verdict(one.want), func(ctx SpecContext) {
				old := parse(one.kind, one.text)
				Expect(harness.Admission().Create(ctx, old)).To(Succeed())
				expectAnswer(update(ctx, old, one.patch), one.want)
			})
		}
	})
}

func verdict(want string) string {
	if want == "" {
		return " is admitted"
	}
	return " is refused"
}

func expectAnswer(err error, want string) {
	GinkgoHelper()
	if want == "" {
		Expect(err).NotTo(HaveOccurred())
		return
	}
	Expect(err).To(MatchError(ContainSubstring(want)))
}

// update merges a patch into an object, and has the result checked.
func update(ctx context.Context, old *unstructured.Unstructured, patch string) error {
	GinkgoHelper()
	old.SetResourceVersion("1") // as it is stored
	before, err := json.Marshal(old.Object)
	Expect(err).NotTo(HaveOccurred())
	after, err := jsonpatch.MergePatch(before, []byte(patch))
	Expect(err).NotTo(HaveOccurred())
	obj := &unstructured.Unstructured{}
	Expect(json.Unmarshal(after, &obj.Object)).To(Succeed())
	return harness.Admission().Update(ctx, obj, old)
}

// parse reads YAML without apiVersion and kind; the name may be missing, too.
func parse(kind, text string) *unstructured.Unstructured {
	GinkgoHelper()
	raw := &unstructured.Unstructured{}
	document, err := yaml.YAMLToJSON([]byte(text))
	Expect(err).NotTo(HaveOccurred())
	Expect(json.Unmarshal(document, &raw.Object)).To(Succeed())
	raw.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	raw.SetNamespace("default")
	if raw.GetName() == "" {
		raw.SetName("support")
	}
	return raw
}
