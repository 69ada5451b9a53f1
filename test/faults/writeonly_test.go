// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/memory"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A value from a Kubernetes Secret goes into a service, is kept there, and comes back nowhere.
func TestWriteOnlyValues(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]func(w *writeOnly){
		"is written with the service, and not again": func(w *writeOnly) {
			w.apply()
			w.mustHold("hush-1")
			w.mustWrite(0, func() { w.Run(3 * memory.DriftInterval) })
		},
		"is not written again after a restart": func(w *writeOnly) {
			w.apply()
			w.mustWrite(0, func() { w.Restart(); w.Run(2 * memory.DriftInterval) })
			w.mustHold("hush-1")
		},
		"follows the Secret": func(w *writeOnly) {
			w.apply()
			w.mustWrite(1, func() { w.setSecret("client", "hush-2"); w.Run(time.Minute) })
			w.mustHold("hush-2")
			w.mustWrite(0, func() { w.Run(2 * memory.DriftInterval) })
		},
		"follows the Secret that changed while no operator ran": func(w *writeOnly) {
			w.apply()
			w.mustWrite(1, func() { w.setSecret("client", "hush-2"); w.Restart(); w.Run(time.Minute) })
			w.mustHold("hush-2")
		},
		"follows the reference": func(w *writeOnly) {
			w.apply()
			w.Create(memory.Secret("other", "hush-3"))
			w.mustWrite(1, func() { w.edit(func(oauth *v1alpha1.OAuthClientConfig) { oauth.ClientSecretRef.Name = "other" }) })
			w.mustHold("hush-3")
		},
		"is removed with the reference": func(w *writeOnly) {
			w.apply()
			w.mustWrite(1, func() { w.edit(func(oauth *v1alpha1.OAuthClientConfig) { oauth.ClientSecretRef = nil }) })
			w.mustHold("")
			w.mustWrite(0, func() { w.Run(2 * memory.DriftInterval) })
		},
		"is kept when something else is corrected": func(w *writeOnly) {
			w.apply()
			w.MeshAgent.Edit("services", w.service.Status.ID, func(doc map[string]any) { doc["metadata"].(map[string]any)["description"] = "theirs" })
			w.mustWrite(1, func() { w.Run(2 * memory.DriftInterval) })
			w.mustHold("hush-1")
		},
		"moves with its endpoint": func(w *writeOnly) {
			w.apply()
			w.mustWrite(1, func() {
				w.reread()
				w.service.Spec.Ports = append([]v1alpha1.ServicePort{{Num: new(intstr.FromInt32(9000))}}, w.service.Spec.Ports...)
				w.update()
			})
			w.mustHold("hush-1")
		},
		"is the reason why an existing service is not adopted": func(w *writeOnly) {
			w.apply()
			w.orphan(func(*v1alpha1.CommonSpec) {})
			w.expect(v1alpha1.ReasonAlreadyExists)
		},
		"is written to a service that is adopted": func(w *writeOnly) {
			w.apply()
			w.setSecret("client", "hush-2")
			w.orphan(func(spec *v1alpha1.CommonSpec) { spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
			w.expect(v1alpha1.ReasonInSync)
			w.mustHold("hush-2")
		},
		"does not differ under Observe": func(w *writeOnly) {
			w.apply()
			w.orphan(func(spec *v1alpha1.CommonSpec) { spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
			w.expect(v1alpha1.ReasonInSync)
		},
		"is missing from the Secret": func(w *writeOnly) {
			w.service.Spec.Ports[0].Endpoints[0].MCP.OAuth.ClientSecretRef.Key = "absent"
			w.Apply(w.service)
			w.Run(time.Minute)
			w.expect(v1alpha1.ReasonInvalid)
		},
		"is missing with the Secret": func(w *writeOnly) {
			w.service.Spec.Ports[0].Endpoints[0].MCP.OAuth.ClientSecretRef.Name = "absent"
			w.Apply(w.service)
			w.Run(time.Minute)
			w.expect(v1alpha1.ReasonSecretNotFound)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWriteOnly(t)
				act(w)
				w.mustStayHidden()
			})
		})
	}
}

// writeOnly is a service whose OAuth client has its secret from a Kubernetes Secret.
type writeOnly struct {
	*cluster
	service *v1alpha1.MeshService
}

func newWriteOnly(tb testing.TB) *writeOnly {
	tb.Helper()
	w := &writeOnly{newCluster(tb, simulator.Behavior{}), &v1alpha1.MeshService{ObjectMeta: named("tickets")}}
	w.Create(memory.Secret("client", "hush-1"))
	w.service.Spec.Metadata = &v1alpha1.ServiceMetadata{Description: "ours"}
	w.service.Spec.External = &v1alpha1.ExternalSpec{URL: "https://mcp.example.com"}
	w.service.Spec.Ports = []v1alpha1.ServicePort{{Num: new(intstr.FromInt32(443)), Endpoints: []v1alpha1.ServiceEndpoint{{
		Path: "/mcp", MCP: &v1alpha1.MCPEndpoint{Label: "tickets", OAuth: &v1alpha1.OAuthClientConfig{
			ClientID: "c", ClientSecretRef: &v1alpha1.SecretKeyReference{Name: "client", Key: "apiKey"},
		}},
	}}}}
	return w
}

func (w *writeOnly) apply() {
	w.Helper()
	w.Apply(w.service)
	w.Run(time.Minute)
	w.RequireReady(w.service)
	w.reread()
}

func (w *writeOnly) reread() {
	w.Helper()
	if err := w.Client.Get(w.Context(), client.ObjectKeyFromObject(w.service), w.service); err != nil {
		w.Fatal(err)
	}
}

func (w *writeOnly) update() {
	w.Helper()
	if err := w.Client.Update(w.Context(), w.service); err != nil {
		w.Fatal(err)
	}
	w.Run(time.Minute)
	w.RequireReady(w.service)
}

// edit changes the OAuth client in the spec.
func (w *writeOnly) edit(change func(*v1alpha1.OAuthClientConfig)) {
	w.Helper()
	w.reread()
	change(w.service.Spec.Ports[0].Endpoints[0].MCP.OAuth)
	w.update()
}

// orphan leaves the service in MeshAgent, and applies the object again.
func (w *writeOnly) orphan(prepare func(*v1alpha1.CommonSpec)) {
	w.Helper()
	w.Patch(w.service, `{"spec": {"deletionPolicy": "Orphan"}}`)
	w.Run(time.Minute)
	w.CheckDeletion(w.service)
	w.service.ObjectMeta, w.service.Status = named("tickets"), v1alpha1.MeshServiceStatus{}
	prepare(&w.service.Spec.CommonSpec)
	w.Apply(w.service)
	w.Run(time.Minute)
}

func (w *writeOnly) setSecret(name, value string) {
	w.Helper()
	w.Patch(&corev1.Secret{ObjectMeta: named(name)}, fmt.Sprintf(`{"data": {"apiKey": %q}}`, encode(value)))
}

func encode(value string) string {
	text, _ := json.Marshal([]byte(value)) // as Secrets have it
	return strings.Trim(string(text), `"`)
}

func (w *writeOnly) expect(reason string) {
	w.Helper()
	if got := w.Condition(w.service, v1alpha1.ConditionSynced); !strings.Contains(got, reason) {
		w.Errorf("Synced is %s, not %s", got, reason)
	}
}

// mustWrite checks how often MeshAgent is written to meanwhile.
func (w *writeOnly) mustWrite(want int, meanwhile func()) {
	w.Helper()
	w.MeshAgent.ResetCalls()
	meanwhile()
	if got := w.Writes(memory.Creation{}); got != want {
		w.Errorf("%d writes, not %d: %v", got, want, w.Calls())
	}
}

func (w *writeOnly) mustHold(want string) {
	w.Helper()
	for _, one := range w.MeshAgent.All() {
		if text, _ := json.Marshal(one.Doc); strings.HasSuffix(one.Collection, "services") {
			_, after, has := strings.Cut(string(text), `"client_secret":"`)
			if got, _, _ := strings.Cut(after, `"`); got != want || has != (want != "") {
				w.Errorf("MeshAgent holds %s, not %q", text, want)
			}
		}
	}
}

// mustStayHidden checks that no value is in the object, its conditions included.
func (w *writeOnly) mustStayHidden() {
	w.Helper()
	w.reread()
	text, err := json.Marshal(w.service)
	if err != nil {
		w.Fatal(err)
	}
	for _, value := range []string{"hush-1", "hush-2", "hush-3"} {
		if strings.Contains(string(text), value) || strings.Contains(string(text), encode(value)) {
			w.Errorf("%q is in the object: %s", value, text)
		}
	}
}
