// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A firewall or an ingress refuses the write with a page of its own.
func TestAPageThatRefusesAWriteStallsNothing(t *testing.T) {
	t.Parallel()
	for _, status := range []int{
		http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusConflict, http.StatusGone, http.StatusRequestEntityTooLarge,
	} {
		synctest.Test(t, func(t *testing.T) {
			room := newRoom()
			s := newStage(t, simulator.Behavior{}, room)
			_, _ = s.pass(room)
			s.edit(room, func() { room.Spec.Metadata = team("second") })
			restore := s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Status: status, Body: "<html>blocked</html>"})
			if _, err := s.pass(room); err == nil {
				t.Errorf("%d: it is not tried again soon", status)
			}
			s.mustSay(room, "Ready=True Available")
			s.mustSay(room, "Synced=False Unavailable")
			restore()
			time.Sleep(time.Minute) //nolint:forbidigo // the clock is a fake one
			_, _ = s.pass(room)
			s.mustSay(room, "Synced=True InSync")
		})
	}
}

// A write that a page refuses may have been carried out: the page may stand in place of the answer.
func TestACreationInPlaceOfWhoseAnswerAPageComesIsFound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		obj := newMeshSecret()
		s := newStage(t, simulator.Behavior{DuplicateSecretNames: true}, obj, secret("values", "v"))
		fault := noWay
		fault.Method, fault.Times = http.MethodPost, 1
		fault.Hook = func(*http.Request) {
			s.meshagent.Add("secrets", map[string]any{"name": "openai", "type": "keys", "data_base64": "eyJhcGlLZXkiOiJ2In0="})
		}
		s.meshagent.Inject(fault)
		_, _ = s.pass(obj)
		time.Sleep(time.Second) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(obj)
		s.mustHold("secrets", 1)
		s.mustSay(obj, "Ready=True Available")
	})
}

// The namespace of an object vanishes while its labels are asked for.
func TestWhatVanishesBesideTheObjectIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		room.Namespace = "team"
		room.Spec.ProjectRef.Namespace = home
		s := newStage(t, simulator.Behavior{}, room) // there is no namespace "team"
		project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject}}
		s.edit(project, func() {
			project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{}}
		})
		if _, err := s.pass(room); err == nil {
			t.Error("it is not tried again with backoff")
		}
		s.mustSay(room, "Synced=False Unavailable")
		if err := s.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "team"}}); err != nil {
			t.Fatal(err)
		}
		_, _ = s.pass(room)
		s.mustSay(room, "Ready=True Available")
	})
}
