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
	"github.com/meshagent/meshagent-operator/test/harness"
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
func newKeyOf(key string) string {
	return strings.TrimSuffix(key, harness.SecretPart(key)) + "a-new-secret"
}

// column is what a column of kubectl get shows for an object.
func column(ctx context.Context, w *harness.Env, obj client.Object, name string) string {
	GinkgoHelper()
	found := &metav1.Table{}
	config := rest.CopyConfig(w.Plane.Config)
	config.GroupVersion, config.APIPath, config.NegotiatedSerializer = &v1alpha1.GroupVersion, "/apis", serializer.NewCodecFactory(harness.Scheme)
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
		w := harness.NewEnv(ctx)
		operator := w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		project := w.ApplyProject(ctx)
		w.ExpectReady(ctx, project)
		Expect(project.Status.ProjectID).To(Equal(w.MeshAgent.ProjectID()))
		Expect(project.Status.ProjectName).NotTo(BeEmpty())
		Expect(project.Status.ProjectKey).NotTo(BeEmpty())
		Expect(project.Status.APIVersion).NotTo(BeEmpty())
		operator.Writes.Store(0)
		w.MeshAgent.ResetCalls()
		Eventually(func() int { return len(w.Calls()) }).WithContext(ctx).Should(BeNumerically(">=", 4), "it is checked each interval")
		Expect(operator.Writes.Load()).To(BeZero())
	})

	harness.DescribeRows("says what is wrong with its credential, and becomes Ready when you correct it",
		func(ctx SpecContext, breakIt func(*harness.Env, *v1alpha1.MeshProject, *corev1.Secret), want string) {
			w := harness.NewEnv(ctx)
			w.StartOperator(harness.OperatorOptions{})
			project := &v1alpha1.MeshProject{
				ObjectMeta: metav1.ObjectMeta{Name: v1alpha1.DefaultProject},
				Spec:       v1alpha1.MeshProjectSpec{APIKeySecretRef: v1alpha1.APIKeyReference{Name: "meshagent-api-key"}},
			}
			secret := harness.APIKeySecret(simulator.DevelopmentKey)
			breakIt(w, project, secret)
			w.CreateAll(ctx, project)
			if secret.Name != "" {
				w.CreateAll(ctx, secret)
			}
			support := harness.Room("support")
			w.CreateAll(ctx, support)
			Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=False"), ContainSubstring(want)))
			Eventually(w.State(ctx, support)).WithContext(ctx).Should(And(HavePrefix("Ready=False ProjectNotReady"), ContainSubstring(want[len(want)-20:])))

			By("correcting it")
			w.Edit(ctx, project, func() { project.Spec.ProjectID = "" })
			right := harness.APIKeySecret(simulator.DevelopmentKey)
			right.Namespace = w.Namespace
			right.Data = map[string][]byte{"apiKey": []byte(simulator.DevelopmentKey)}
			if err := w.Update(ctx, right); apierrors.IsNotFound(err) {
				Expect(w.Create(ctx, right)).To(Succeed())
			} else {
				Expect(err).NotTo(HaveOccurred())
			}
			w.ExpectReady(ctx, project, support)
		},
		harness.Row("no Secret", func(_ *harness.Env, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.Name = "" },
			`SecretNotFound: Secret "meshagent-api-key" does not exist in namespace`),
		harness.Row("no such key in it", func(_ *harness.Env, _ *v1alpha1.MeshProject, s *corev1.Secret) {
			s.StringData = map[string]string{"other": "x"}
		},
			`InvalidAPIKey: Secret "meshagent-api-key" has no key "apiKey"`),
		harness.Row("an empty key", func(_ *harness.Env, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.StringData["apiKey"] = "" },
			`InvalidAPIKey: Secret "meshagent-api-key" has no key "apiKey"`),
		harness.Row("a malformed key", func(_ *harness.Env, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.StringData["apiKey"] = "hunter2" },
			`InvalidAPIKey: Key "apiKey" of Secret "meshagent-api-key" does not hold an API key`),
		harness.Row("the key of another project", func(w *harness.Env, p *v1alpha1.MeshProject, s *corev1.Secret) {
			s.StringData["apiKey"], p.Spec.ProjectID = otherKey, w.MeshAgent.ProjectID()
		}, "InvalidAPIKey: The API key in Secret \"meshagent-api-key\" belongs to project "+otherProject),
		harness.Row("a key that MeshAgent does not know", func(_ *harness.Env, _ *v1alpha1.MeshProject, s *corev1.Secret) { s.StringData["apiKey"] = otherKey },
			"Unauthorized: MeshAgent rejected the API key (401)"),
	)

	It("whose key is revoked leaves its rooms Ready, asks once for all of them, and heals with a new key", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: 2 * time.Second})
		project := w.ApplyProject(ctx)
		var rooms []client.Object
		for _, name := range []string{"a", "b", "c", "d"} {
			rooms = append(rooms, harness.Room(name))
		}
		w.CreateAll(ctx, rooms...)
		w.ExpectReady(ctx, rooms...)

		refused := func(prefix string) (calls []string) {
			for _, call := range w.MeshAgent.Calls() {
				if call.Status == http.StatusUnauthorized && strings.HasPrefix(call.Path, prefix) {
					calls = append(calls, call.Method+" "+call.Path)
				}
			}
			return calls
		}
		projectPath := "/accounts/projects/" + w.MeshAgent.ProjectID()
		w.MeshAgent.RevokeAPIKey(simulator.DevelopmentKey)
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=False Unauthorized"), ContainSubstring("401")))
		for _, room := range rooms {
			Eventually(w.State(ctx, room)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=False ProjectNotReady"), ContainSubstring("401")))
		}
		w.MeshAgent.ResetCalls()
		Eventually(func() int { return len(refused(projectPath)) }).WithContext(ctx).Should(BeNumerically(">=", 3), "the key is tried at each interval")
		Expect(refused(projectPath+"/")).To(BeEmpty(), "and with no object")
		fresh := newKeyOf(simulator.DevelopmentKey)
		Expect(w.MeshAgent.AddAPIKey(fresh)).To(Succeed())
		secret := harness.APIKeySecret(fresh)
		secret.Namespace = w.Namespace
		Expect(w.Update(ctx, secret)).To(Succeed())
		w.ExpectReady(ctx, append(rooms, project)...)
	})

	It("that MeshAgent does not hold says so", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodGet, Path: "^/accounts/projects/[^/]+$", Status: 404, Body: "404: no such project"})
		project := w.ApplyProject(ctx)
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Invalid"), ContainSubstring("does not exist in MeshAgent")))
	})

	It("tells the API that its server speaks, and what of it the operator does not support", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
		project := w.ApplyProject(ctx)
		lounge := harness.Room("lounge")
		w.CreateAll(ctx, lounge)
		w.ExpectReady(ctx, project, lounge)
		compatible := func() metav1.Condition {
			GinkgoHelper()
			Expect(w.Get(ctx, client.ObjectKeyFromObject(project), project)).To(Succeed())
			condition := meta.FindStatusCondition(project.Status.Conditions, v1alpha1.ConditionAPICompatible)
			Expect(condition).NotTo(BeNil())
			return *condition
		}
		Expect(compatible()).To(And(HaveField("Status", metav1.ConditionTrue), HaveField("Reason", v1alpha1.ReasonSupported)))
		Expect(column(ctx, w, project, "API")).To(Equal(simulator.DefaultVersion))

		By("upgrading the server to one that has lost the old routes")
		w.MeshAgent.Upgrade(simulator.Server{Version: "0.50.1"})
		Eventually(w.State(ctx, lounge)).WithContext(ctx).Should(And(
			HavePrefix("Ready=True"), ContainSubstring("Synced=False Unsupported"), ContainSubstring("Stalled=True Unsupported")))
		Expect(compatible()).To(And(HaveField("Status", metav1.ConditionFalse), HaveField("Reason", v1alpha1.ReasonUnsupportedAPI)))
		Expect(column(ctx, w, project, "API")).To(Equal("0.50.1"))
		Expect(project.Status.APIGeneration).To(Equal("0.45"))

		By("deleting the room's object: no route leads to the room")
		Expect(w.Delete(ctx, lounge)).To(Succeed())
		w.ExpectGone(ctx, lounge)
		Eventually(w.Events(ctx, lounge)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Left: "), ContainSubstring(lounge.Status.ID))))
		Expect(w.MeshAgent.Documents("rooms")).To(HaveLen(1))

		By("putting the old server back")
		w.MeshAgent.Upgrade(simulator.Server{})
		w.Edit(ctx, project, func() { project.Annotations = map[string]string{v1alpha1.ReconcileRequestedAtAnnotation: "now"} })
		w.ExpectReady(ctx, project)
		other := harness.Room("other")
		w.CreateAll(ctx, other)
		w.ExpectReady(ctx, other)
	})

	harness.DescribeRows("that leads to something else than MeshAgent is not Ready", func(ctx SpecContext, answer string) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		mend := w.MeshAgent.Inject(simulator.Fault{Status: http.StatusOK, ContentType: "application/json", Body: answer})
		project := w.ApplyProject(ctx)
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(HavePrefix("Ready=False Unavailable"), ContainSubstring("Synced=False Unavailable"),
			ContainSubstring("GET /accounts/projects/{project_id}: the answer is not what was expected")))
		mend()
		w.ExpectReady(ctx, project)
	},
		harness.Row("that says that it is well", `{"status":"up"}`),
		harness.Row("that says nothing", "\n"),
		harness.Row("that knows another project", `{"id":"`+otherProject+`","name":"other","project_key":"other"}`),
	)

	It("admits the namespaces that it allows, and no others", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		guest := harness.NewEnv(ctx)
		guest.MeshAgent = w.MeshAgent
		w.StartOperator(harness.OperatorOptions{Namespaces: []string{guest.Namespace}})
		project := w.ApplyProject(ctx)
		visitor := harness.Room("visitor", func(r *v1alpha1.MeshRoom) { r.Spec.ProjectRef.Namespace = w.Namespace })
		guest.CreateAll(ctx, visitor)
		Eventually(guest.State(ctx, visitor)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True ProjectNotAllowed"), ContainSubstring("allowedNamespaces")))

		w.Edit(ctx, project, func() { project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll} })
		guest.ExpectReady(ctx, visitor)

		w.Edit(ctx, project, func() {
			project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{
				From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": "elsewhere"}},
			}
		})
		Eventually(guest.State(ctx, visitor)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
		w.Edit(ctx, project, func() {
			project.Spec.AllowedNamespaces.Selector.MatchLabels["kubernetes.io/metadata.name"] = guest.Namespace
		})
		guest.ExpectReady(ctx, visitor)

		By("deleting the project: it stays while the visitor uses it")
		Expect(w.Delete(ctx, project)).To(Succeed())
		Eventually(w.State(ctx, project)).WithContext(ctx).Should(And(ContainSubstring("InUse"), ContainSubstring(guest.Namespace+"/visitor")))
		Expect(guest.Delete(ctx, visitor)).To(Succeed())
		guest.ExpectGone(ctx, visitor)
		w.ExpectGone(ctx, project)
		Expect(w.MeshAgent.Documents("rooms")).To(BeEmpty())
	})

	It("that is missing is waited for", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		support := harness.Room("support")
		w.CreateAll(ctx, support)
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(And(
			ContainSubstring("Ready=False ProjectNotFound"), ContainSubstring("Reconciling=True"), ContainSubstring(`MeshProject "default" does not exist in namespace`)))
		Expect(w.Delete(ctx, support)).To(Succeed(), "nothing holds an object that has nothing in MeshAgent")
		w.ExpectGone(ctx, support)
		again := harness.Room("support")
		w.CreateAll(ctx, again)
		w.ApplyProject(ctx)
		w.ExpectReady(ctx, again)
	})

	It("cannot be exchanged for one of another MeshAgent project", func(ctx SpecContext) {
		w := harness.NewEnv(ctx, simulator.WithAPIKey(simulator.DevelopmentKey), simulator.WithAPIKey(otherKey))
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		other := harness.APIKeySecret(otherKey)
		other.Name = "other-key"
		w.CreateAll(ctx, other, &v1alpha1.MeshProject{
			ObjectMeta: metav1.ObjectMeta{Name: "other"},
			Spec:       v1alpha1.MeshProjectSpec{APIKeySecretRef: v1alpha1.APIKeyReference{Name: "other-key"}},
		})
		support := harness.Room("support")
		w.CreateAll(ctx, support)
		w.ExpectReady(ctx, support)
		w.Edit(ctx, support, func() { support.Spec.ProjectRef.Name = "other" })
		Eventually(w.State(ctx, support)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True ProjectChanged"), ContainSubstring(otherProject)))
		w.Edit(ctx, support, func() { support.Spec.ProjectRef.Name = "" })
		w.ExpectReady(ctx, support)
	})
})
