// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/internal/controller/managed"
)

// act does one thing that users, or others, may do at any time.
func (s *soak) act(ctx context.Context) {
	GinkgoHelper()
	s.recreate(ctx)
	one := s.samples[s.random.IntN(len(s.samples))]
	_, isDeleted := s.deleted[one.String()]
	switch s.random.IntN(9) {
	case 0, 1: // a room comes
		one := room(fmt.Sprintf("soak-%d", s.made), withMetadata(fmt.Sprintf(`{"n": %d}`, s.random.IntN(100))))
		s.made++
		s.apply(ctx, one)
		s.rooms = append(s.rooms, one)
	case 2: // one goes
		if len(s.rooms) > 20 {
			at := s.random.IntN(len(s.rooms))
			Expect(s.Delete(ctx, s.rooms[at])).To(Succeed())
			s.rooms = slices.Delete(s.rooms, at, at+1)
		}
	case 3: // one changes
		if len(s.rooms) > 0 {
			s.merge(ctx, s.rooms[s.random.IntN(len(s.rooms))], fmt.Sprintf(`{"spec": {"metadata": {"n": %d}}}`, s.random.IntN(100)))
		}
	case 4: // a sample changes, there or back
		if isDeleted {
			break
		}
		if s.random.IntN(2) == 0 {
			obj := one.object()
			obj.SetNamespace(s.namespace)
			s.merge(ctx, obj, one.change())
		} else {
			s.restore(ctx, one)
		}
	case 5: // somebody changes a room in MeshAgent
		if documents := s.meshagent.Documents("rooms"); len(documents) > 0 {
			id := fmt.Sprint(documents[s.random.IntN(len(documents))]["id"])
			s.meshagent.Edit("rooms", id, func(doc map[string]any) {
				if metadata, ok := doc["metadata"].(map[string]any); ok && metadata["n"] != nil {
					metadata["n"] = -1
				}
			})
		}
	case 6: // somebody changes what stands for a sample
		s.disturb(ctx, one)
	case 7: // a sample goes, and comes back as soon as it can
		if !isDeleted && !one.isReferredTo() {
			obj := one.object()
			obj.SetNamespace(s.namespace)
			Expect(s.Delete(ctx, obj)).To(Succeed())
			s.deleted[one.String()] = one
		}
	case 8: // a Secret changes
		s.changeSecret(ctx)
	}
}

// recreate creates again those of the deleted samples that are gone.
func (s *soak) recreate(ctx context.Context) {
	GinkgoHelper()
	for _, name := range slices.Sorted(maps.Keys(s.deleted)) {
		obj := s.deleted[name].object()
		obj.SetNamespace(s.namespace)
		err := s.Create(ctx, obj)
		if apierrors.IsAlreadyExists(err) {
			continue
		}
		Expect(err).NotTo(HaveOccurred())
		delete(s.deleted, name)
	}
}

// disturb changes what stands for a sample in MeshAgent, if it is there.
func (s *soak) disturb(ctx context.Context, one sample) {
	GinkgoHelper()
	obj := one.object()
	obj.SetNamespace(s.namespace)
	err := s.Get(ctx, client.ObjectKeyFromObject(obj), obj)
	Expect(client.IgnoreNotFound(err)).To(Succeed())
	status := obj.(managed.Object).CommonStatus()
	for _, found := range s.held() {
		if found.ID != status.ID {
			continue
		}
		s.meshagent.Edit(found.Path, found.ID, func(doc map[string]any) {
			if spec, ok := doc["spec"].(map[string]any); ok {
				doc = spec // what callers write is wrapped in some
			}
			if slices.ContainsFunc(appliedFields(status), func(field string) bool { return disturb(doc, field) }) {
				s.disturbed[one.kind]++
			}
		})
	}
}

// secretValue is what is secret in the Secrets among the samples, as it was or as it was changed.
var secretValue = regexp.MustCompile(`sk-not-a-real-key|not-a-real-password|\d+-c4n4ry`)

// changeSecret gives a Secret another value.
func (s *soak) changeSecret(ctx context.Context) {
	GinkgoHelper()
	var secrets []sample
	for _, one := range readSamples().other {
		if one.kind == "Secret" {
			secrets = append(secrets, one)
		}
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: secrets[s.random.IntN(len(secrets))].name}}
	Expect(s.Get(ctx, client.ObjectKeyFromObject(secret), secret)).To(Succeed())
	for key, value := range secret.Data {
		changed := secretValue.ReplaceAllString(string(value), fmt.Sprintf("%d-c4n4ry", s.acts))
		Expect(changed).NotTo(Equal(string(value)))
		secret.Data[key] = []byte(changed)
	}
	Expect(s.Update(ctx, secret)).To(Succeed())
}

// isReferredTo says that another sample may need this one: something of its kind and name is referred to.
func (s sample) isReferredTo() bool {
	for _, other := range readSamples().own {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(other.object())
		Expect(err).NotTo(HaveOccurred())
		if refersTo("", content["spec"], strings.ToLower(strings.TrimPrefix(s.kind, "Mesh")), s.name) {
			return true
		}
	}
	return false
}

// refersTo finds a member such as pullSecretRef or secretRefs with the name of a secret.
func refersTo(member string, value any, noun, name string) bool {
	switch value := value.(type) {
	case []any:
		return slices.ContainsFunc(value, func(element any) bool { return refersTo(member, element, noun, name) })
	case map[string]any:
		prefix, isRef := strings.CutSuffix(strings.TrimSuffix(strings.ToLower(member), "s"), "ref")
		if isRef && strings.HasSuffix(prefix, noun) && value["name"] == name {
			return true
		}
		for inner, part := range value {
			if refersTo(inner, part, noun, name) {
				return true
			}
		}
	}
	return false
}

// merge patches an object as users do.
func (s *soak) merge(ctx context.Context, obj client.Object, patch string) {
	GinkgoHelper()
	Expect(s.Patch(ctx, obj, client.RawPatch(types.MergePatchType, []byte(patch)))).To(Succeed())
}

// restore gives a sample the spec back that it had at first.
func (s *soak) restore(ctx context.Context, one sample) {
	GinkgoHelper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(one.object())
	Expect(err).NotTo(HaveOccurred())
	patch, err := json.Marshal([]any{map[string]any{"op": "replace", "path": "/spec", "value": content["spec"]}})
	Expect(err).NotTo(HaveOccurred())
	obj := one.object()
	obj.SetNamespace(s.namespace)
	Expect(s.Patch(ctx, obj, client.RawPatch(types.JSONPatchType, patch))).To(Succeed())
}
