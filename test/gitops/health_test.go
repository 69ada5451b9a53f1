// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package gitops_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// health collects the table of docs/gitops/README.md: how GitOps tools see objects in every state.
type health struct {
	*harness.Env
	rows []string
}

const (
	statesBegin = "<!-- begin of the states: go test ./test/gitops -ginkgo.focus 'health of an object' -update -->\n"
	statesEnd   = "<!-- end of the states -->\n"
)

func (h *health) String() string {
	return "| state | conditions | kstatus (Flux, Helm) | Argo CD |\n| --- | --- | --- | --- |\n" + strings.Join(h.rows, "\n") + "\n"
}

// is waits until an object is in a state, and checks and notes how GitOps tools see it.
// checkConditions checks at every moment of every object of this suite that the two tools agree
// with each other and with the conditions.
func (h *health) is(ctx context.Context, what string, obj client.Object, conditions string, kstatusWanted status.Status, argoWanted string) {
	GinkgoHelper()
	By(what)
	Eventually(func(g Gomega) {
		_, err := h.State(ctx, obj)()
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(shortConditions(obj)).To(Equal(conditions))
	}).WithContext(ctx).Should(Succeed())
	Expect(harness.KStatus(obj)).To(Equal(kstatusWanted))
	argo, _ := harness.ArgoHealth(obj)
	Expect(argo).To(Equal(argoWanted))
	h.rows = append(h.rows, fmt.Sprintf("| %s | %s | %s | %s |", what, conditions, kstatusWanted, argoWanted))
}

// shortConditions returns an object's conditions in the form of the table.
func shortConditions(obj client.Object) string {
	s := harness.StatusOf(obj)
	if len(s.Conditions) == 0 {
		return "none"
	}
	var short []string
	for _, c := range s.Conditions {
		switch {
		case c.Type == v1alpha1.ConditionAPICompatible: // no tool reads it
		case c.Type == v1alpha1.ConditionReconciling, c.Type == v1alpha1.ConditionStalled:
			short = append(short, c.Type)
		case c.Type == v1alpha1.ConditionSynced && c.Status != "True":
			short = append(short, c.Type+"="+string(c.Status)+" ("+c.Reason+")")
		default:
			short = append(short, c.Type+"="+string(c.Status))
		}
	}
	if s.ObservedGeneration != obj.GetGeneration() {
		short = append(short, "of an earlier generation")
	}
	return strings.Join(short, ", ")
}

var _ = Describe("The health of an object", func() {
	It("is what the documentation says, for kstatus and Argo CD", func(ctx SpecContext) {
		h := &health{Env: harness.NewEnv(ctx)}
		h.begins(ctx)
		h.works(ctx)
		h.isRefused(ctx)
		h.isHeldBack(ctx)
		h.ends(ctx)
		harness.CompareSection(harness.Path("docs", "gitops", "README.md"), statesBegin, statesEnd, h.String())
	}, SpecTimeout(2*time.Minute))
})

func (h *health) begins(ctx context.Context) {
	GinkgoHelper()
	support := harness.Room("support")
	h.CreateAll(ctx, support)
	h.is(ctx, "just applied", support, "none", status.InProgressStatus, "Progressing")
	operator := h.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	h.is(ctx, "its MeshProject is missing", support, "Ready=False, Synced=False (ProjectNotFound), Reconciling", status.InProgressStatus, "Progressing")

	h.ApplyProject(ctx)
	grant := &v1alpha1.MeshRoomGrant{}
	grant.Name, grant.Spec.UserID, grant.Spec.RoomRef.Name = "lobby", "u", "lobby"
	grant.Spec.Permissions = &v1alpha1.APIScope{Preset: v1alpha1.PresetUser}
	h.CreateAll(ctx, grant)
	h.is(ctx, "what it refers to is missing", grant, "Ready=False, Synced=False (ReferenceNotFound), Reconciling", status.InProgressStatus, "Progressing")

	invited := grant.DeepCopy()
	invited.ResourceVersion, invited.Name = "", "invited"
	invited.Spec.UserID, invited.Spec.Email, invited.Spec.RoomRef.Name = "", "newcomer@example.com", "support"
	h.CreateAll(ctx, invited)
	h.is(ctx, "a grant whose user was invited and has not joined", invited, "Ready=False, Synced=True, Reconciling", status.InProgressStatus, "Progressing")

	heal := h.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/rooms$", Status: http.StatusBadGateway})
	attic := harness.Room("attic")
	h.CreateAll(ctx, attic)
	h.is(ctx, "MeshAgent fails before it is created", attic, "Ready=False, Synced=False (Unavailable), Reconciling", status.InProgressStatus, "Progressing")
	heal()
	operator.Stop()
}

func (h *health) works(ctx context.Context) {
	GinkgoHelper()
	operator := h.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	support := harness.Room("support")
	support.Namespace = h.Namespace
	h.is(ctx, "as it should be", support, "Ready=True, Synced=True", status.CurrentStatus, "Healthy")
	operator.Stop()
	h.Edit(ctx, support, func() { harness.WithMetadata(`{"team": "support"}`)(support) })
	h.is(ctx, "its spec was changed a moment ago", support, "Ready=True, Synced=True, of an earlier generation", status.InProgressStatus, "Progressing")

	heal := h.MeshAgent.Inject(simulator.Fault{Method: http.MethodPut, Status: http.StatusBadGateway})
	h.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	h.is(ctx, "its spec was changed, and MeshAgent fails", support, "Ready=True, Synced=False (Unavailable), Reconciling", status.InProgressStatus, "Progressing")
	heal()
	h.ExpectReady(ctx, support)
	heal = h.MeshAgent.Inject(simulator.Fault{Status: http.StatusUnauthorized})
	project := &v1alpha1.MeshProject{}
	project.Namespace, project.Name = h.Namespace, v1alpha1.DefaultProject
	h.is(ctx, "a MeshProject whose key MeshAgent does not accept", project, "Ready=False, Synced=False (Unauthorized), Reconciling", status.InProgressStatus, "Progressing")
	h.is(ctx, "it works, and its MeshProject does not", support, "Ready=True, Synced=False (ProjectNotReady)", status.CurrentStatus, "Healthy")
	heal()

	secret := harness.APIKeySecret("not an API key")
	secret.Name = "openai"
	carried := &v1alpha1.MeshSecret{}
	carried.Name, carried.Spec.SecretRef.Name = "openai", "openai"
	h.CreateAll(ctx, secret, carried)
	h.ExpectReady(ctx, carried)
	Expect(h.Delete(ctx, secret)).To(Succeed())
	h.is(ctx, "it works, and its Secret was deleted", carried, "Ready=True, Synced=False (SecretNotFound)", status.CurrentStatus, "Healthy")
}

func (h *health) isRefused(ctx context.Context) {
	GinkgoHelper()
	taken := harness.Room("taken", harness.WithMetadata(`{"team": "support"}`))
	h.MeshAgent.Add("rooms", map[string]any{"name": "taken", "metadata": map[string]any{"team": "other"}})
	h.CreateAll(ctx, taken)
	h.is(ctx, "its name is taken", taken, "Ready=False, Synced=False (AlreadyExists), Stalled", status.FailedStatus, "Degraded")

	heal := h.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/rooms$", Status: http.StatusBadRequest})
	cellar := harness.Room("cellar")
	h.CreateAll(ctx, cellar)
	h.is(ctx, "MeshAgent rejects it", cellar, "Ready=False, Synced=False (Rejected), Stalled", status.FailedStatus, "Degraded")
	heal()
}

func (h *health) isHeldBack(ctx context.Context) {
	GinkgoHelper()
	observed := harness.Room("observed", harness.WithMetadata(`{"team": "support"}`), func(r *v1alpha1.MeshRoom) { r.Spec.ReconcilePolicy = v1alpha1.ReconcileObserve })
	h.CreateAll(ctx, observed)
	h.is(ctx, "only observed, and not in MeshAgent", observed, "Ready=False, Synced=False (Missing)", status.InProgressStatus, "Progressing")
	h.MeshAgent.Add("rooms", map[string]any{"name": "observed", "metadata": map[string]any{"team": "other"}})
	h.is(ctx, "only observed, and different", observed, "Ready=True, Synced=False (Drifted)", status.CurrentStatus, "Healthy")

	unborn := harness.Room("unborn", func(r *v1alpha1.MeshRoom) { r.Spec.Suspend = new(true) })
	h.CreateAll(ctx, unborn)
	h.is(ctx, "suspended before it was created", unborn, "Ready=False, Synced=Unknown (Suspended)", status.InProgressStatus, "Suspended")
}

func (h *health) ends(ctx context.Context) {
	GinkgoHelper()
	support := harness.Room("support")
	support.Namespace = h.Namespace
	h.Edit(ctx, support, func() { support.Spec.Suspend, support.Spec.DeletionPolicy = new(true), v1alpha1.DeletionDelete })
	h.is(ctx, "suspended", support, "Ready=True, Synced=Unknown (Suspended)", status.CurrentStatus, "Suspended")
	Expect(h.Delete(ctx, support)).To(Succeed())
	h.is(ctx, "deleted while suspended, with deletionPolicy Delete", support, "Ready=False, Synced=False (Suspended), Reconciling", status.TerminatingStatus, "Progressing")
	project := &v1alpha1.MeshProject{}
	project.Namespace, project.Name = h.Namespace, v1alpha1.DefaultProject
	h.Edit(ctx, project, func() { project.Spec.DeletionGuard = &v1alpha1.DeletionGuard{MaxPerHour: new(int32(0))} })
	h.Edit(ctx, support, func() { support.Spec.Suspend = nil })
	h.is(ctx, "deleted, and held by the deletion guard", support, "Ready=False, Synced=False (DeletionHeld), Reconciling", status.TerminatingStatus, "Progressing")
	h.Edit(ctx, project, func() { project.Spec.DeletionGuard = nil })
	h.ExpectGone(ctx, support)

	Expect(h.Delete(ctx, project)).To(Succeed())
	h.is(ctx, "a MeshProject that is deleted and still in use", project, "Ready=False, Synced=False (InUse), Reconciling", status.TerminatingStatus, "Progressing")
}
