// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// hostile is an endpoint of a tenant that answers for any secret as its owner likes.
type hostile struct {
	real http.RoundTripper
	id   *string
}

// RoundTrip answers in place of that endpoint.
func (h hostile) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Hostname() != "neighbor.example.com" {
		return h.real.RoundTrip(r)
	}
	body := `{"secrets": [], "total": 0}`
	switch {
	case r.Method == http.MethodPost:
		body = `{"id": "` + *h.id + `"}`
	case strings.HasSuffix(r.URL.Path, *h.id):
		body = `{"id": "` + *h.id + `", "name": "thief", "type": "keys", "data_base64": "e30="}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// A tenant has an endpoint and a forged key for the project of another one.
func TestATenantOfAnotherEndpointTakesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		victim := newMeshSecret()
		thief := newMeshSecret()
		thief.Namespace, thief.Name, thief.UID, thief.Spec.AdoptionPolicy = neighbor, "thief", "thief", v1alpha1.AdoptAlways
		project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: neighbor, Name: v1alpha1.DefaultProject, UID: "neighbor"}}
		project.Spec.APIKeySecretRef.Name, project.Spec.Endpoint = "key", "http://neighbor.example.com"
		project.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonAvailable}}
		key := secret("key", simulator.DevelopmentKey)
		key.Namespace = neighbor
		values := secret("values", "v")
		values.Namespace = neighbor
		s := newStage(t, simulator.Behavior{}, victim, thief, project, key, values, secret("values", "v"), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: neighbor}})
		id := ""
		s.env.Projects.Options.Transport = hostile{s.meshagent, &id}
		_, _ = s.pass(victim)
		s.mustSay(victim, "Ready=True Available")
		id = victim.Status.ID
		_, _ = s.pass(thief)
		time.Sleep(interval) //nolint:forbidigo // the clock is a fake one
		_, _ = s.pass(victim)
		s.mustSay(victim, "Ready=True Available")
	})
}

// Something on the way swallows two writes. The value is not written again automatically, but when
// a user asks for it.
func TestARequestedLookWritesOnceMore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := newRoom()
		s := newStage(t, simulator.Behavior{}, room)
		_, _ = s.pass(room)
		restore := s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Times: 2, Status: 200, ContentType: "application/json", Body: `{"status":"up"}`})
		s.edit(room, func() { room.Spec.Metadata = team("second") })
		_, _ = s.pass(room)
		restore()
		for range 5 {
			time.Sleep(interval) //nolint:forbidigo // the clock is a fake one
			_, _ = s.pass(room)
		}
		s.edit(room, func() { room.Annotations = map[string]string{v1alpha1.ReconcileRequestedAtAnnotation: "now"} })
		_, _ = s.pass(room)
		s.mustSay(room, "Synced=True InSync")
	})
}
