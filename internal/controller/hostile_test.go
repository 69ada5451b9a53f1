// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// hostile are values that somebody may put into any string of a spec.
var hostile = []string{
	"../../etc", "..", ".", "%2f..%2f", "a/b", "a?b=c#d", `a"b\c`, "a'b;--", "{{ .Values }} ${HOME} {x}", "<b>&amp;",
	"line\nINFO injected\tentry\r", "\u0000", "ünïcödé 日本 🎉", "\u202eevil", " ", strings.Repeat("long ", 400), "null", "0",
}

var _ = Describe("A hostile value", func() {
	It("in any string of a spec arrives in MeshAgent as it is, or is refused with a reason", func(ctx SpecContext) {
		together(mirrors(), func(s sample) { takesHostileValues(ctx, s) })
	}, SpecTimeout(6*time.Minute))
})

// takesHostileValues puts each value into all strings of a sample that admit it, and watches what becomes of it.
func takesHostileValues(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{driftInterval: time.Hour})
	l := w.begin(ctx, s)
	l.follow(ctx)
	l.again(ctx)
	l.delete(ctx)
	for _, value := range hostile {
		obj, places := w.infest(ctx, s, value)
		if places == 0 {
			continue // admission refuses it everywhere
		}
		at := fmt.Sprintf("%s with %q in %d places", s, value, places)
		l.obj = obj
		Expect(w.Create(ctx, obj)).To(Succeed(), at)
		// Ready, or it says what is wrong: which may be that there is no object of that name.
		Eventually(w.state(ctx, obj)).WithContext(ctx).Should(Or(beReady(), MatchRegexp(`(?s)Synced=False (Rejected|Invalid|ReferenceNotFound|SecretNotFound|ProjectNotFound): ..`)), at)
		if ready, _ := beReady().Match(conditions(obj)); ready {
			l.learn()
			held := l.shape()
			if data, ok := l.document()["data_base64"].(string); ok {
				decoded, err := base64.StdEncoding.DecodeString(data)
				Expect(err).NotTo(HaveOccurred())
				held += string(decoded)
			}
			Expect(held).To(ContainSubstring(inJSON(value)), at)
		}
		Expect(conditions(obj)).NotTo(MatchRegexp(`(?m)^INFO injected`), at)
		l.delete(ctx)
		Expect(w.names()).To(Equal(l.without), at)
	}
}

// inJSON is a text as it looks within a JSON string.
func inJSON(text string) string {
	encoded, err := json.Marshal(text)
	Expect(err).NotTo(HaveOccurred())
	return strings.Trim(string(encoded), `"`)
}

// infest makes an object of the sample with a value in all strings of its spec into which the API server lets it.
func (w *world) infest(ctx context.Context, s sample, value string) (client.Object, int) {
	GinkgoHelper()
	clean, err := runtime.DefaultUnstructuredConverter.ToUnstructured(s.object())
	Expect(err).NotTo(HaveOccurred())
	obj := &unstructured.Unstructured{Object: clean}
	obj.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(s.kind))
	obj.SetNamespace(w.namespace)
	unstructured.RemoveNestedField(obj.Object, "status")
	places := 0
	for _, place := range stringsIn(nil, obj.Object["spec"]) {
		attempt := obj.DeepCopy()
		put(attempt.Object["spec"], place, value)
		err := w.Create(ctx, attempt.DeepCopy(), client.DryRunAll)
		if err != nil {
			Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%s: %q at %v: %v", s, value, place, err)
			continue
		}
		obj, places = attempt, places+1
	}
	typed := s.object()
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, typed)).To(Succeed())
	return typed, places
}

// stringsIn are the paths of all strings in a document, in a fixed order.
func stringsIn(at []any, value any) (found [][]any) {
	switch value := value.(type) {
	case string:
		return [][]any{at}
	case []any:
		for i, element := range value {
			found = append(found, stringsIn(append(slices.Clip(at), i), element)...)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			found = append(found, stringsIn(append(slices.Clip(at), name), value[name])...)
		}
	}
	return found
}

// put sets the string at a path.
func put(root any, place []any, text string) {
	for i, step := range place {
		last := i == len(place)-1
		switch step := step.(type) {
		case int:
			list, _ := root.([]any)
			if last {
				list[step] = text
			} else {
				root = list[step]
			}
		case string:
			object, _ := root.(map[string]any)
			if last {
				object[step] = text
			} else {
				root = object[step]
			}
		}
	}
}
