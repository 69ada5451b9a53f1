// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// otherProject is a project that is not the development key's, and otherKey a key of it.
const otherProject = "11111111-2222-4333-8444-555555555555"

var otherKey = func() string {
	part := func(id uuid.UUID) string {
		return strings.ReplaceAll(base64.RawURLEncoding.EncodeToString(id[:]), "-", ".")
	}
	return "ma-" + part(uuid.New()) + "-" + part(uuid.MustParse(otherProject)) + "-another-secret"
}()

// newKeyOf makes another key of the same project.
func newKeyOf(key string) string { return strings.TrimSuffix(key, secretOf(key)) + "a-new-secret" }

// column is what a column of kubectl get shows for an object.
func (w *world) column(ctx context.Context, obj client.Object, name string) string {
	GinkgoHelper()
	found := &metav1.Table{}
	config := rest.CopyConfig(w.plane.Config)
	config.GroupVersion, config.APIPath, config.NegotiatedSerializer = &v1alpha1.GroupVersion, "/apis", serializer.NewCodecFactory(scheme)
	config.AcceptContentTypes = "application/json;as=Table;v=v1;g=meta.k8s.io"
	caller, err := rest.RESTClientFor(config)
	Expect(err).NotTo(HaveOccurred())
	text, err := caller.Get().Namespace(obj.GetNamespace()).Resource("meshprojects").Name(obj.GetName()).DoRaw(ctx)
	Expect(err).NotTo(HaveOccurred())
	Expect(json.Unmarshal(text, found)).To(Succeed())
	at := slices.IndexFunc(found.ColumnDefinitions, func(column metav1.TableColumnDefinition) bool { return column.Name == name })
	Expect(at).To(BeNumerically(">=", 0), "%s", text)
	shown, _ := found.Rows[0].Cells[at].(string)
	return shown
}

var _ = Describe("MeshProject", func() {
	It("tells what it found behind the endpoint", func(ctx SpecContext) {
		w := newWorld(ctx)
		operator := w.start(operatorOptions{driftInterval: time.Second})
		project := w.project(ctx)
		w.eventuallyReady(ctx, project)
		Expect(project.Status.ProjectID).To(Equal(w.meshagent.ProjectID()))
		Expect(project.Status.ProjectName).NotTo(BeEmpty())
		Expect(project.Status.ProjectKey).NotTo(BeEmpty())
		Expect(project.Status.APIVersion).NotTo(BeEmpty())
		operator.writes.Store(0)
		w.meshagent.ResetCalls()
		Eventually(func() int { return len(w.calls()) }).WithContext(ctx).Should(BeNumerically(">=", 4), "it is checked each interval")
		Expect(operator.writes.Load()).To(BeZero())
	})

	DescribeTable("says what is wrong with its credential, and heals when that is right",
		func(ctx SpecContext, breakIt func(*world, *v1alpha1.MeshProject, *corev1.Secret), want string) {
			w := newWorld(ctx)
			w.start(operatorOptions{})
			project := &v1alpha1.MeshProject{
				ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject},
				Spec:       v1alpha1.MeshProjectSpec{APIKeySecretRef: v1alpha1.SecretKeyReference{Name: "meshagent-api-key"}},
			}
			secret := keySecret(simulator.DevelopmentKey)
			breakIt(w, project, secret)
			w.apply(ctx, project)
			if secret.Name != "" {
				w.apply(ctx, secret)
			}
			support := room("support")
			w.apply(ctx, support)
			Eventually(w.state(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=False"), ContainSubstring(want)))
			Eventually(w.state(ctx, support)).WithContext(ctx).Should(And(HavePrefix("Ready=False ProjectNotReady"), ContainSubstring(want[len(want)-20:])))

			By("mending it")
			w.edit(ctx, project, func() { project.Spec.ProjectID = "" })
			right := keySecret(simulator.DevelopmentKey)
			right.Namespace = w.namespace
			right.Data = map[string][]byte{"apiKey": []byte(simulator.DevelopmentKey)}
			if err := w.Update(ctx, right); apierrors.IsNotFound(err) {
				Expect(w.Create(ctx, right)).To(Succeed())
			} else {
				Expect(err).NotTo(HaveOccurred())
			}
			w.eventuallyReady(ctx, project, support)
		},
		Entry("no Secret", func(_ *world, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.Name = "" },
			`SecretNotFound: Secret "meshagent-api-key" does not exist in namespace`),
		Entry("no such key in it", func(_ *world, _ *v1alpha1.MeshProject, s *corev1.Secret) {
			s.StringData = map[string]string{"other": "x"}
		},
			`InvalidAPIKey: Secret "meshagent-api-key" has nothing under key "apiKey", where the API key should be`),
		Entry("an empty key", func(_ *world, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.StringData["apiKey"] = "" },
			`InvalidAPIKey: Secret "meshagent-api-key" has nothing under key "apiKey", where the API key should be`),
		Entry("a malformed key", func(_ *world, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.StringData["apiKey"] = "hunter2" },
			`InvalidAPIKey: key "apiKey" of Secret "meshagent-api-key" holds no API key: an API key starts with "ma-"`),
		Entry("the key of another project", func(w *world, p *v1alpha1.MeshProject, s *corev1.Secret) {
			s.StringData["apiKey"], p.Spec.ProjectID = otherKey, w.meshagent.ProjectID()
		}, "InvalidAPIKey: the API key in Secret \"meshagent-api-key\" is one of project "+otherProject+", and spec.projectID is "),
		Entry("a key that MeshAgent does not know", func(_ *world, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.StringData["apiKey"] = otherKey },
			"AccessDenied: MeshAgent does not accept the API key (401): it may have been revoked"),
	)

	It("whose key is revoked leaves its rooms Ready, asks once for all of them, and heals with a new key", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: 2 * time.Second})
		project := w.project(ctx)
		var rooms []client.Object
		for _, name := range []string{"a", "b", "c", "d"} {
			rooms = append(rooms, room(name))
		}
		w.apply(ctx, rooms...)
		w.eventuallyReady(ctx, rooms...)

		refused := func(prefix string) (calls []string) {
			for _, call := range w.meshagent.Calls() {
				if call.Status == http.StatusUnauthorized && strings.HasPrefix(call.Path, prefix) {
					calls = append(calls, call.Method+" "+call.Path)
				}
			}
			return calls
		}
		projectPath := "/accounts/projects/" + w.meshagent.ProjectID()
		w.meshagent.RevokeAPIKey(simulator.DevelopmentKey)
		Eventually(w.state(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=False AccessDenied"), ContainSubstring("401")))
		for _, room := range rooms {
			Eventually(w.state(ctx, room)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=False ProjectNotReady"), ContainSubstring("401")))
		}
		w.meshagent.ResetCalls()
		Eventually(func() int { return len(refused(projectPath)) }).WithContext(ctx).Should(BeNumerically(">=", 3), "the key is tried at each interval")
		Expect(refused(projectPath+"/")).To(BeEmpty(), "and with no object")
		fresh := newKeyOf(simulator.DevelopmentKey)
		Expect(w.meshagent.AddAPIKey(fresh)).To(Succeed())
		secret := keySecret(fresh)
		secret.Namespace = w.namespace
		Expect(w.Update(ctx, secret)).To(Succeed())
		w.eventuallyReady(ctx, append(rooms, project)...)
	})

	It("that MeshAgent does not hold says so", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		w.meshagent.Inject(simulator.Fault{Method: http.MethodGet, Path: "^/accounts/projects/[^/]+$", Status: 404, Body: "404: no such project"})
		project := w.project(ctx)
		Eventually(w.state(ctx, project)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("does not exist in MeshAgent")))
	})

	It("tells the API that its server speaks, and what of it the operator does not support", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{driftInterval: time.Second})
		project := w.project(ctx)
		lounge := room("lounge")
		w.apply(ctx, lounge)
		w.eventuallyReady(ctx, project, lounge)
		compatible := func() metav1.Condition {
			GinkgoHelper()
			Expect(w.Get(ctx, client.ObjectKeyFromObject(project), project)).To(Succeed())
			condition := meta.FindStatusCondition(project.Status.Conditions, v1alpha1.ConditionAPICompatible)
			Expect(condition).NotTo(BeNil())
			return *condition
		}
		Expect(compatible()).To(And(HaveField("Status", metav1.ConditionTrue), HaveField("Reason", v1alpha1.ReasonSupported)))
		Expect(w.column(ctx, project, "API")).To(Equal(simulator.DefaultVersion))

		By("upgrading the server to one that has lost the old routes")
		w.meshagent.Upgrade(simulator.Server{Version: "0.50.1"})
		Eventually(w.state(ctx, lounge)).WithContext(ctx).Should(And(
			HavePrefix("Ready=True"), ContainSubstring("Synced=False Unsupported"), ContainSubstring("Stalled=True Unsupported")))
		Expect(compatible()).To(And(HaveField("Status", metav1.ConditionFalse), HaveField("Reason", v1alpha1.ReasonUnsupportedAPI)))
		Expect(w.column(ctx, project, "API")).To(Equal("0.50.1"))
		Expect(project.Status.APIGeneration).To(Equal("0.45"))

		By("deleting the room's object: no route leads to the room")
		Expect(w.Delete(ctx, lounge)).To(Succeed())
		w.eventuallyGone(ctx, lounge)
		Eventually(w.events(ctx, lounge)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Left: "), ContainSubstring(lounge.Status.ID))))
		Expect(w.meshagent.Documents("rooms")).To(HaveLen(1))

		By("putting the old server back")
		w.meshagent.Upgrade(simulator.Server{})
		w.edit(ctx, project, func() { project.Annotations = map[string]string{v1alpha1.ReconcileRequestedAtAnnotation: "now"} })
		w.eventuallyReady(ctx, project)
		other := room("other")
		w.apply(ctx, other)
		w.eventuallyReady(ctx, other)
	})

	DescribeTable("that leads to something else than MeshAgent is not Ready", func(ctx SpecContext, answer string) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		mend := w.meshagent.Inject(simulator.Fault{Status: http.StatusOK, ContentType: "application/json", Body: answer})
		project := w.project(ctx)
		Eventually(w.state(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=False Unavailable"), ContainSubstring("Synced=False Unavailable"),
			ContainSubstring("MeshAgent cannot be reached: GET /accounts/projects/{project_id}: the answer is not what was expected")))
		mend()
		w.eventuallyReady(ctx, project)
	},
		Entry("that says that it is well", `{"status":"up"}`),
		Entry("that says nothing", "\n"),
		Entry("that knows another project", `{"id":"`+otherProject+`","name":"other","project_key":"other"}`),
	)

	It("admits the namespaces that it allows, and no others", func(ctx SpecContext) {
		w := newWorld(ctx)
		guest := newWorld(ctx)
		guest.meshagent = w.meshagent
		w.start(operatorOptions{namespaces: []string{guest.namespace}})
		project := w.project(ctx)
		visitor := room("visitor", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = w.namespace })
		guest.apply(ctx, visitor)
		Eventually(guest.state(ctx, visitor)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True ProjectNotAllowed"), ContainSubstring("allowedNamespaces")))

		w.edit(ctx, project, func() { project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll} })
		guest.eventuallyReady(ctx, visitor)

		w.edit(ctx, project, func() {
			project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{
				From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "elsewhere"}},
			}
		})
		Eventually(guest.state(ctx, visitor)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
		w.edit(ctx, project, func() {
			project.Spec.AllowedNamespaces.Selector.MatchLabels["kubernetes.io/metadata.name"] = guest.namespace
		})
		guest.eventuallyReady(ctx, visitor)

		By("deleting the project: it stays while the visitor uses it")
		Expect(w.Delete(ctx, project)).To(Succeed())
		Eventually(w.state(ctx, project)).WithContext(ctx).Should(And(ContainSubstring("InUse"), ContainSubstring("1 of kind MeshRoom, such as "+guest.namespace+"/visitor")))
		Expect(guest.Delete(ctx, visitor)).To(Succeed())
		guest.eventuallyGone(ctx, visitor)
		w.eventuallyGone(ctx, project)
		Expect(w.meshagent.Documents("rooms")).To(BeEmpty())
	})

	It("that is missing is waited for", func(ctx SpecContext) {
		w := newWorld(ctx)
		w.start(operatorOptions{})
		support := room("support")
		w.apply(ctx, support)
		Eventually(w.state(ctx, support)).WithContext(ctx).Should(And(
			ContainSubstring("Ready=False ProjectNotFound"), ContainSubstring("Reconciling=True"), ContainSubstring(`MeshProject "default" does not exist in namespace`)))
		Expect(w.Delete(ctx, support)).To(Succeed(), "nothing holds an object that has nothing in MeshAgent")
		w.eventuallyGone(ctx, support)
		again := room("support")
		w.apply(ctx, again)
		w.project(ctx)
		w.eventuallyReady(ctx, again)
	})

	It("cannot be exchanged for one of another MeshAgent project", func(ctx SpecContext) {
		w := newWorld(ctx, simulator.WithAPIKey(simulator.DevelopmentKey), simulator.WithAPIKey(otherKey))
		w.start(operatorOptions{})
		w.project(ctx)
		other := keySecret(otherKey)
		other.Name = "other-key"
		w.apply(ctx, other, &v1alpha1.MeshProject{
			ObjectMeta: metav1.ObjectMeta{Name: "other"},
			Spec:       v1alpha1.MeshProjectSpec{APIKeySecretRef: v1alpha1.SecretKeyReference{Name: "other-key"}},
		})
		support := room("support")
		w.apply(ctx, support)
		w.eventuallyReady(ctx, support)
		w.edit(ctx, support, func() { support.Spec.ProjectRef.Name = "other" })
		Eventually(w.state(ctx, support)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True ProjectChanged"), ContainSubstring(otherProject)))
		w.edit(ctx, support, func() { support.Spec.ProjectRef.Name = "" })
		w.eventuallyReady(ctx, support)
	})
})
