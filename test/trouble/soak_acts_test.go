// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

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

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// soakActs are what users, or others, may do at any time. Each says whether there was something to
// do.
var soakActs = map[string]func(s *soak, ctx context.Context, one harness.Sample) bool{
	"room comes":   (*soak).roomComes,
	"room goes":    (*soak).roomGoes,
	"room changes": (*soak).roomChanges,
	"sample changes": func(s *soak, ctx context.Context, one harness.Sample) bool {
		if s.isAway(one) {
			return false
		}
		s.merge(ctx, s.present(one), one.EditPatch())
		return true
	},
	"sample changes back": func(s *soak, ctx context.Context, one harness.Sample) bool {
		if s.isAway(one) {
			return false
		}
		s.restore(ctx, one)
		return true
	},
	"sample goes": func(s *soak, ctx context.Context, one harness.Sample) bool {
		if s.isAway(one) || isReferredTo(one) {
			return false
		}
		Expect(s.Delete(ctx, s.present(one))).To(Succeed())
		s.deleted[one.String()] = one
		return true
	},
	"sample comes back":                  func(s *soak, ctx context.Context, _ harness.Sample) bool { return s.recreate(ctx) > 0 },
	"Secret changes":                     func(s *soak, ctx context.Context, _ harness.Sample) bool { s.changeSecret(ctx); return true },
	"others change a room":               func(s *soak, _ context.Context, _ harness.Sample) bool { return s.disturbRoom() },
	"others change a sample's resource":  (*soak).disturb,
	"others take the name of a sample":   (*soak).takeName,
	"others take the name of a new room": (*soak).takeRoomName,
	"others leave":                       (*soak).othersLeave,
}

const (
	fewRooms   = 20
	mostRooms  = 100
	mostTheirs = 8 // names that others have taken
)

// act does one of them.
func (s *soak) act(ctx context.Context) {
	GinkgoHelper()
	names := slices.Sorted(maps.Keys(soakActs))
	name := names[s.random.IntN(len(names))]
	if soakActs[name](s, ctx, s.samples[s.random.IntN(len(s.samples))]) {
		s.acts[name]++
	}
	if s.random.IntN(5) == 0 && len(s.others.own()) < mostTheirs {
		s.others.beQuicker(true)
	}
}

// isAway says that a sample was deleted, and not created again yet.
func (s *soak) isAway(one harness.Sample) bool {
	_, away := s.deleted[one.String()]
	return away
}

// present is a sample in the namespace.
func (s *soak) present(one harness.Sample) client.Object {
	obj := one.Fresh()
	obj.SetNamespace(s.Namespace)
	return obj
}

func (s *soak) roomComes(ctx context.Context, _ harness.Sample) bool {
	GinkgoHelper()
	if len(s.rooms) >= mostRooms {
		return false
	}
	one := harness.Room(s.nextRoom(), harness.WithMetadata(fmt.Sprintf(`{"n": %d}`, s.number())))
	s.made++
	s.CreateAll(ctx, one)
	s.rooms = append(s.rooms, one)
	return true
}

func (s *soak) nextRoom() string { return fmt.Sprintf("soak-%d", s.made) }

// number is none that others would choose.
func (s *soak) number() int { return 100 + s.random.IntN(100) }

func (s *soak) roomGoes(ctx context.Context, _ harness.Sample) bool {
	GinkgoHelper()
	if len(s.rooms) <= fewRooms {
		return false
	}
	at := s.random.IntN(len(s.rooms))
	Expect(s.Delete(ctx, s.rooms[at])).To(Succeed())
	s.rooms = slices.Delete(s.rooms, at, at+1)
	return true
}

func (s *soak) roomChanges(ctx context.Context, _ harness.Sample) bool {
	GinkgoHelper()
	if len(s.rooms) == 0 {
		return false
	}
	s.merge(ctx, s.rooms[s.random.IntN(len(s.rooms))], fmt.Sprintf(`{"spec": {"metadata": {"n": %d}}}`, s.number()))
	return true
}

// recreate creates again those of the deleted samples that are gone, and tells how many.
func (s *soak) recreate(ctx context.Context) (many int) {
	GinkgoHelper()
	for _, name := range slices.Sorted(maps.Keys(s.deleted)) {
		err := s.Create(ctx, s.present(s.deleted[name]))
		if apierrors.IsAlreadyExists(err) {
			continue
		}
		Expect(err).NotTo(HaveOccurred())
		delete(s.deleted, name)
		many++
	}
	return many
}

// retry asks for another attempt to delete a sample, if that is not over.
func (s *soak) retry(ctx context.Context, one harness.Sample) {
	GinkgoHelper()
	patch := fmt.Sprintf(`{"metadata": {"annotations": {%q: "deletion"}}}`, v1alpha1.ReconcileRequestedAtAnnotation)
	Expect(client.IgnoreNotFound(s.Patch(ctx, s.present(one), client.RawPatch(types.MergePatchType, []byte(patch))))).To(Succeed())
}

// secretValue is what is secret in the Secrets among the samples, as it was or as it was changed.
var secretValue = regexp.MustCompile(`(sk-)?not-a-real-[a-z]+|\d+-c4n4ry`)

// changeSecret gives a Secret another value.
func (s *soak) changeSecret(ctx context.Context) {
	GinkgoHelper()
	var secrets []harness.Sample
	for _, one := range harness.ReadSamples().Other {
		if one.Kind == "Secret" {
			secrets = append(secrets, one)
		}
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: secrets[s.random.IntN(len(secrets))].Name}}
	Expect(s.Get(ctx, client.ObjectKeyFromObject(secret), secret)).To(Succeed())
	for key, value := range secret.Data {
		changed := secretValue.ReplaceAllString(string(value), fmt.Sprintf("%d-c4n4ry", s.random.IntN(1e9)))
		Expect(changed).NotTo(Equal(string(value)))
		secret.Data[key] = []byte(changed)
	}
	Expect(s.Update(ctx, secret)).To(Succeed())
}

// isReferredTo says that another sample may need this one: something of its kind and name is
// referred to.
func isReferredTo(s harness.Sample) bool {
	for _, other := range harness.ReadSamples().Own {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(other.Fresh())
		Expect(err).NotTo(HaveOccurred())
		if refersTo("", content["spec"], strings.ToLower(strings.TrimPrefix(s.Kind, "Mesh")), s.Name) {
			return true
		}
	}
	return false
}

// refersTo finds a member such as pullMeshSecretRef or meshSecretRefs with the name of a secret.
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
func (s *soak) restore(ctx context.Context, one harness.Sample) {
	GinkgoHelper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(one.Fresh())
	Expect(err).NotTo(HaveOccurred())
	patch, err := json.Marshal([]any{map[string]any{"op": "replace", "path": "/spec", "value": content["spec"]}})
	Expect(err).NotTo(HaveOccurred())
	Expect(s.Patch(ctx, s.present(one), client.RawPatch(types.JSONPatchType, patch))).To(Succeed())
}
