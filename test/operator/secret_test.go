// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = Describe("MeshSecret", func() {
	var (
		w      *harness.Env
		source *corev1.Secret
		mine   *v1alpha1.MeshSecret
	)
	begin := func(ctx context.Context, options harness.OperatorOptions) {
		w = harness.NewEnv(ctx)
		w.StartOperator(options)
		w.ApplyProject(ctx)
		source = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "openai"}, StringData: map[string]string{"api-key": "first-c4n4ry"}}
		mine = &v1alpha1.MeshSecret{
			ObjectMeta: metav1.ObjectMeta{Name: "openai"},
			Spec: v1alpha1.MeshSecretSpec{
				SecretRef: v1alpha1.LocalObjectReference{Name: "openai"},
				Keys:      []v1alpha1.MeshSecretKey{{Key: "api-key", As: "OPENAI_API_KEY"}},
			},
		}
		w.CreateAll(ctx, source)
	}
	// readBack reads a secret through the API, as another client of MeshAgent would.
	readBack := func(ctx context.Context, id string) string {
		GinkgoHelper()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://meshagent/accounts/projects/"+w.MeshAgent.ProjectID()+"/secrets/"+id, http.NoBody)
		Expect(err).NotTo(HaveOccurred())
		r.Header.Set("Authorization", "Bearer "+simulator.DevelopmentKey)
		resp, err := w.Transport().RoundTrip(r)
		Expect(err).NotTo(HaveOccurred())
		defer func() { _ = resp.Body.Close() }()
		var answer struct {
			Data []byte `json:"data_base64"`
		}
		Expect(json.NewDecoder(resp.Body).Decode(&answer)).To(Succeed())
		return string(answer.Data)
	}
	// value is what MeshAgent holds in the only secret of a collection.
	value := func(path string) string {
		GinkgoHelper()
		for _, document := range w.MeshAgent.Documents(path) {
			data, _ := document["data_base64"].(string)
			decoded, err := base64.StdEncoding.DecodeString(data)
			Expect(err).NotTo(HaveOccurred())
			return string(decoded)
		}
		return ""
	}
	change := func(ctx context.Context, data map[string][]byte) {
		w.Edit(ctx, source, func() { source.Data = data })
	}

	It("carries a Secret into the project, and each change of it with one write", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		Expect(readBack(ctx, mine.Status.ID)).To(Equal(`{"OPENAI_API_KEY":"first-c4n4ry"}`))
		Expect(w.Writes()).To(Equal([]string{"POST secrets"}))

		w.MeshAgent.ResetCalls()
		change(ctx, map[string][]byte{"api-key": []byte("second-c4n4ry")})
		Eventually(func() string { return value("secrets") }).WithContext(ctx).Should(MatchJSON(`{"OPENAI_API_KEY": "second-c4n4ry"}`))
		Eventually(w.Events(ctx, mine)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Updated: "), ContainSubstring("openai"), HaveSuffix(": data_base64"))))
		Expect(w.Calls()).To(Equal([]string{"GET secrets/" + mine.Status.ID, "PUT secrets/" + mine.Status.ID, "GET secrets/" + mine.Status.ID}))

		By("writing nothing when the Secret changes elsewhere")
		w.MeshAgent.ResetCalls()
		change(ctx, map[string][]byte{"api-key": []byte("second-c4n4ry"), "other": []byte("x")})
		Eventually(func() []string { return w.Calls() }).WithContext(ctx).ShouldNot(BeEmpty())
		w.RequestReconcile(ctx, mine)
		Expect(w.Writes()).To(BeEmpty())
	})

	It("looks before it writes a changed value", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		first := mine.Status.ID

		By("finding that it is gone")
		w.MeshAgent.Remove("secrets", first)
		w.MeshAgent.ResetCalls()
		change(ctx, map[string][]byte{"api-key": []byte("second-c4n4ry")})
		Eventually(w.Events(ctx, mine)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Recreated: "), ContainSubstring("openai"))))
		w.ExpectReady(ctx, mine)
		Expect(w.Writes()).To(Equal([]string{"POST secrets"}))
		Expect(value("secrets")).To(MatchJSON(`{"OPENAI_API_KEY": "second-c4n4ry"}`))

		By("not writing it twice when only the answer was lost")
		w.MeshAgent.ResetCalls()
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPut, Path: "/secrets/", Times: 1, Drop: simulator.DropAfter})
		change(ctx, map[string][]byte{"api-key": []byte("third-c4n4ry")})
		Eventually(func() []string { return w.Calls() }).WithContext(ctx).Should(HaveLen(3))
		w.ExpectReady(ctx, mine)
		Expect(w.Calls()).To(Equal([]string{"GET secrets/" + mine.Status.ID, "PUT secrets/" + mine.Status.ID, "GET secrets/" + mine.Status.ID}))
		Expect(value("secrets")).To(MatchJSON(`{"OPENAI_API_KEY": "third-c4n4ry"}`))
	})

	It("leaves what other clients wrote alone if it means the same", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		w.MeshAgent.Edit("secrets", mine.Status.ID, func(doc map[string]any) {
			doc["data_base64"] = base64.StdEncoding.EncodeToString([]byte("{ \"OPENAI_API_KEY\" : \"first-c4n4ry\" }"))
		})
		w.MeshAgent.ResetCalls()
		Eventually(func() []string { return w.Calls() }).WithContext(ctx).Should(ContainElement("GET secrets/" + mine.Status.ID))
		Expect(w.Writes()).To(BeEmpty())
	})

	DescribeTable("keeps the value in MeshAgent while the Secret cannot be used, says why, and heals", func(ctx SpecContext, spoil map[string][]byte, want string) {
		begin(ctx, harness.OperatorOptions{})
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		w.MeshAgent.ResetCalls()
		if spoil == nil {
			Expect(w.Delete(ctx, source)).To(Succeed())
		} else {
			change(ctx, spoil)
		}
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Synced=False"), ContainSubstring(want), Not(ContainSubstring("c4n4ry"))))
		Expect(readBack(ctx, mine.Status.ID)).To(Equal(`{"OPENAI_API_KEY":"first-c4n4ry"}`))
		Expect(w.Writes()).To(BeEmpty())
		if spoil == nil {
			source = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "openai"}, StringData: map[string]string{"api-key": "third-c4n4ry"}}
			w.CreateAll(ctx, source)
		} else {
			change(ctx, map[string][]byte{"api-key": []byte("third-c4n4ry")})
		}
		w.ExpectReady(ctx, mine)
		Expect(value("secrets")).To(MatchJSON(`{"OPENAI_API_KEY": "third-c4n4ry"}`))
	},
		Entry("gone", nil, `SecretNotFound: Secret "openai" does not exist`),
		Entry("no such key", map[string][]byte{"other": []byte("c4n4ry")}, `Invalid: Secret "openai" has no key "api-key". Its keys: other`),
		Entry("empty", map[string][]byte{"api-key": {}}, `Invalid: Key "api-key" of Secret "openai" is empty`),
		Entry("not UTF-8", map[string][]byte{"api-key": []byte("c4n4ry\xff")}, "not UTF-8"),
	)

	It("carries a registry's credential, and names the registries when there are several", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		pull := &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: "pull"}, Type: corev1.SecretTypeDockerConfigJson,
			StringData: map[string]string{".dockerconfigjson": `{"auths": {"ghcr.io": {"auth": "cm9ib3Q6YzRuNHJ5"}, "quay.io": {"auth": "YTpi"}}}`},
		}
		login := &v1alpha1.MeshSecret{ObjectMeta: metav1.ObjectMeta{Name: "pull"}, Spec: v1alpha1.MeshSecretSpec{SecretRef: v1alpha1.LocalObjectReference{Name: "pull"}}}
		w.CreateAll(ctx, pull, login)
		Eventually(w.State(ctx, login)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("ghcr.io, quay.io")))
		w.Edit(ctx, login, func() { login.Spec.Registry = "ghcr.io" })
		w.ExpectReady(ctx, login)
		Expect(readBack(ctx, login.Status.ID)).To(MatchJSON(`{"server": "ghcr.io", "username": "robot", "password": "c4n4ry", "email": "none@example.com"}`))
		Expect(w.MeshAgent.Documents("secrets")[0]).To(HaveKeyWithValue("type", "docker"))
	})

	It("lives in a room, follows its new name, and goes with it", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		support := harness.Room("support")
		mine.Spec.RoomRef = &v1alpha1.ResourceReference{Name: "support"}
		mine.Spec.ForIdentity = "bot"
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring(`ReferenceNotFound: MeshRoom "support" does not exist`))
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support, mine)
		Expect(mine.Status.ID).To(Equal(string(mine.UID)), "chosen by us: after a crash it tells whose it is")
		path := "rooms/" + support.Status.ID + "/secrets"
		Expect(value(path)).To(MatchJSON(`{"OPENAI_API_KEY": "first-c4n4ry"}`))

		w.Edit(ctx, support, func() { support.Spec.Name = "care" })
		w.ExpectReady(ctx, support)
		change(ctx, map[string][]byte{"api-key": []byte("second-c4n4ry")})
		Eventually(func() string { return value(path) }).WithContext(ctx).Should(MatchJSON(`{"OPENAI_API_KEY": "second-c4n4ry"}`))

		By("deleting the room first")
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.ExpectGone(ctx, support)
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents(path)).To(BeEmpty())
	})

	It("lives with an agent, whose id is given", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{})
		agent := w.MeshAgent.Add("agents", managedAgent("helper"))
		mine.Spec.AgentRef = &v1alpha1.ResourceReference{ExternalID: agent}
		mine.Spec.DelegatedTo = "bot"
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		path := "agents/" + agent + "/secrets"
		Expect(value(path)).To(MatchJSON(`{"OPENAI_API_KEY": "first-c4n4ry"}`))
		Expect(w.MeshAgent.Documents(path)[0]).To(HaveKeyWithValue("delegated_to", "bot"))
		change(ctx, map[string][]byte{"api-key": []byte("second-c4n4ry")})
		Eventually(func() string { return value(path) }).WithContext(ctx).Should(MatchJSON(`{"OPENAI_API_KEY": "second-c4n4ry"}`))
		Expect(w.Delete(ctx, mine)).To(Succeed())
		w.ExpectGone(ctx, mine)
		Expect(w.MeshAgent.Documents(path)).To(BeEmpty())
	})

	It("is not taken for lost while its room has another name than it should", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		support := harness.Room("support")
		mine.Spec.RoomRef = &v1alpha1.ResourceReference{Name: "support"}
		w.CreateAll(ctx, support, mine)
		w.ExpectReady(ctx, support, mine)
		w.Edit(ctx, support, func() { support.Spec.Suspend = new(true) }) // so that the operator does not correct the name
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(ContainSubstring("Suspended"))
		w.MeshAgent.ResetCalls()
		w.MeshAgent.Edit("rooms", support.Status.ID, func(doc map[string]any) { doc["name"] = "renamed" })
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=False ParentNotFound")))
		Expect(mine.Status.ID).To(Equal(string(mine.UID)))
		w.MeshAgent.Edit("rooms", support.Status.ID, func(doc map[string]any) { doc["name"] = "support" })
		w.ExpectReady(ctx, mine)
		Expect(w.Writes()).To(BeEmpty())
	})

	It("never shows a value", func(ctx SpecContext) {
		begin(ctx, harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		mine.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve
		id := w.MeshAgent.Add("secrets", map[string]any{"name": "openai", "type": "keys", "data_base64": base64.StdEncoding.EncodeToString([]byte(`{"A": "other-c4n4ry"}`))})
		w.CreateAll(ctx, mine)
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Synced=False Drifted"))
		Expect(mine.Status.ID).To(Equal(id))
		Expect(mine.Status.Drift).To(Equal([]v1alpha1.Drift{{Path: "data_base64"}}))
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, Path: "/secrets/", Status: 400, Body: "400: cannot show other-c4n4ry"})
		Eventually(w.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Rejected"), Not(ContainSubstring("c4n4ry"))))
		var events corev1.EventList
		Expect(w.List(ctx, &events, client.InNamespace(w.Namespace))).To(Succeed())
		for _, event := range events.Items {
			Expect(event.Message).NotTo(ContainSubstring("c4n4ry"))
		}
	})
})
