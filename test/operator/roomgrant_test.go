// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"fmt"
	"maps"
	"net/http"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// newcomer is the e-mail address of a user who is not a member yet.
const newcomer = "new@example.com"

// queues is what most grants permit here.
var queues = v1alpha1.APIScope{
	Queues: &v1alpha1.QueuesGrant{Send: v1alpha1.AllowList{"b", "a"}, Receive: v1alpha1.AllowList{v1alpha1.All}, List: new(true)},
	LLM:    &v1alpha1.LLMGrant{Models: v1alpha1.AllowList{v1alpha1.All}},
}

// grant makes a MeshRoomGrant for the room "support", for a user id or an e-mail address.
func grant(name, user string, permissions v1alpha1.APIScope, change ...func(*v1alpha1.MeshRoomGrant)) *v1alpha1.MeshRoomGrant {
	made := &v1alpha1.MeshRoomGrant{ObjectMeta: metav1.ObjectMeta{Name: name}}
	made.Spec.RoomRef.Name, made.Spec.UserID, made.Spec.Permissions = "support", user, &permissions
	for _, change := range change {
		change(made)
	}
	return made
}

// byEmail names the user of a MeshRoomGrant by e-mail address instead.
func byEmail(grant *v1alpha1.MeshRoomGrant) {
	grant.Spec.Email, grant.Spec.UserID = grant.Spec.UserID, ""
}

// userWith finds a member of the project.
func userWith(w *harness.Env, email string) string {
	for _, user := range w.MeshAgent.Documents("users") {
		if user["email"] == email {
			return fmt.Sprint(user["id"])
		}
	}
	return ""
}

// permissionsGranted is what the only grant in MeshAgent permits.
func permissionsGranted(w *harness.Env) map[string]any {
	GinkgoHelper()
	grants := w.MeshAgent.Documents("room-grants")
	Expect(grants).To(HaveLen(1))
	permissions, ok := grants[0]["permissions"].(map[string]any)
	Expect(ok).To(BeTrue())
	maps.DeleteFunc(permissions, func(_ string, grant any) bool { return grant == nil })
	return permissions
}

// beginGrants starts an operator, with a room that is Ready.
func beginGrants(ctx SpecContext, behavior simulator.Behavior) (w *harness.Env, support *v1alpha1.MeshRoom, started *harness.Operator) {
	w = harness.NewEnv(ctx, simulator.WithBehavior(behavior))
	started = w.StartOperator(harness.OperatorOptions{DriftInterval: harness.ShortInterval})
	w.ApplyProject(ctx)
	support = harness.Room("support")
	w.CreateAll(ctx, support)
	w.ExpectReady(ctx, support)
	w.MeshAgent.ResetCalls()
	return w, support, started
}

var _ = Describe("MeshRoomGrant", func() {
	remoteQueues := func() map[string]any {
		return map[string]any{"queues": map[string]any{"send": []any{"a", "b"}}, "llm": map[string]any{}}
	}
	var (
		w       *harness.Env
		support *v1alpha1.MeshRoom
		user    string
	)
	begin := func(ctx SpecContext, behavior simulator.Behavior) *harness.Operator {
		var started *harness.Operator
		w, support, started = beginGrants(ctx, behavior)
		user = userWith(w, simulator.MemberEmail)
		return started
	}

	It("by user is created, follows its spec, and is deleted", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		ops := grant("ops", user, queues)
		w.CreateAll(ctx, ops)
		w.ExpectReady(ctx, ops)
		Expect(w.Writes()).To(Equal([]string{"POST room-grants"}))
		Expect(w.Calls(http.MethodGet)).NotTo(ContainElement("GET users"))
		Expect(permissionsGranted(w)).To(Equal(map[string]any{
			"queues": map[string]any{"send": []any{"a", "b"}, "receive": nil, "list": true}, "llm": map[string]any{"models": nil},
		}))
		Expect(ops.Status.ID).To(Equal(support.Status.ID + "/" + user))
		Expect(ops.Status.UserID).To(Equal(user))
		Expect(ops.Status.IsAdopted()).To(BeFalse())

		By("changing it")
		w.MeshAgent.ResetCalls()
		w.Edit(ctx, ops, func() {
			ops.Spec.Permissions.LLM = nil
			ops.Spec.Permissions.Queues = &v1alpha1.QueuesGrant{List: new(true)}
			ops.Spec.Permissions.Developer = &v1alpha1.DeveloperGrant{Logs: new(true)}
		})
		w.ExpectReady(ctx, ops)
		Expect(w.Writes()).To(Equal([]string{"PUT room-grants/unused"}))
		Expect(permissionsGranted(w)).To(Equal(map[string]any{
			"queues": map[string]any{"send": []any{}, "receive": []any{}, "list": true}, "developer": map[string]any{"logs": true},
		}))

		By("renaming the room, which does not matter")
		w.MeshAgent.ResetCalls()
		w.Edit(ctx, support, func() { support.Spec.Name = "care" })
		w.ExpectReady(ctx, support, ops)
		Expect(w.Writes()).To(Equal([]string{"PUT rooms/" + support.Status.ID}))

		w.MeshAgent.ResetCalls()
		Expect(w.Delete(ctx, ops)).To(Succeed())
		w.ExpectGone(ctx, ops)
		Expect(w.MeshAgent.Documents("room-grants")).To(BeEmpty())
		Expect(w.Writes()).To(Equal([]string{"DELETE room-grants/" + support.Status.ID + "/" + user}))
	})

	It("removes rights that others add in MeshAgent, and limits that others set", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		ops := grant("ops", user, queues)
		w.CreateAll(ctx, ops)
		w.ExpectReady(ctx, ops)
		want := permissionsGranted(w)
		w.MeshAgent.Edit("room-grants", ops.Status.ID, func(doc map[string]any) {
			permissions := remoteQueues()
			permissions["admin"] = map[string]any{}
			permissions["llm"] = map[string]any{"models": []any{"openai/*"}}
			doc["permissions"] = permissions
		})
		Eventually(func() map[string]any { return permissionsGranted(w) }).WithContext(ctx).Should(Equal(want))
		Eventually(w.Events(ctx, ops)).WithContext(ctx).Should(ContainElement(And(
			HavePrefix("DriftCorrected: "), HaveSuffix(": permissions.admin, permissions.llm.models"))))
	})

	It("does not mind in which form MeshAgent shows the same", func(ctx SpecContext) {
		started := begin(ctx, simulator.Behavior{})
		ops := grant("ops", user, queues)
		w.CreateAll(ctx, ops)
		w.ExpectReady(ctx, ops)
		w.MeshAgent.Edit("room-grants", ops.Status.ID, func(doc map[string]any) { doc["permissions"] = remoteQueues() })
		w.MeshAgent.ResetCalls()
		started.Writes.Store(0)
		Eventually(func() int { return len(w.Reads("room-grants")) }).WithContext(ctx).Should(BeNumerically(">=", 6)) // pages
		Expect(w.Writes()).To(BeEmpty())
		Expect(permissionsGranted(w)).To(Equal(remoteQueues()))
		Expect(started.Writes.Load()).To(BeZero())
	})

	It("that exists already is adopted if it means the same, and then survives its object", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		w.MeshAgent.Add("room-grants", map[string]any{"room_id": support.Status.ID, "user_id": user, "permissions": remoteQueues()})
		for _, ops := range []*v1alpha1.MeshRoomGrant{grant("by-user", user, queues), grant("by-email", "Ops@Example.com", queues, byEmail)} {
			w.MeshAgent.ResetCalls()
			w.CreateAll(ctx, ops)
			w.ExpectReady(ctx, ops)
			Expect(ops.Status.IsAdopted()).To(BeTrue())
			Expect(ops.Status.UserID).To(Equal(user))
			Expect(w.Delete(ctx, ops)).To(Succeed())
			w.ExpectGone(ctx, ops)
			Expect(permissionsGranted(w)).To(Equal(remoteQueues()))
			Expect(w.Writes()).To(BeEmpty())
		}
	})

	DescribeTable("that exists already and differs is left alone until the policy allows to take it", func(ctx SpecContext, behavior simulator.Behavior) {
		begin(ctx, behavior)
		theirs := map[string]any{"admin": map[string]any{}}
		w.MeshAgent.Add("room-grants", map[string]any{"room_id": support.Status.ID, "user_id": user, "permissions": theirs})
		for _, ops := range []*v1alpha1.MeshRoomGrant{grant("by-user", user, queues), grant("by-email", simulator.MemberEmail, queues, byEmail)} {
			w.CreateAll(ctx, ops)
			Eventually(w.State(ctx, ops)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True AlreadyExists"),
				ContainSubstring("permissions.admin"), ContainSubstring("permissions.queues"), ContainSubstring("IfUnowned")))
			Expect(permissionsGranted(w)).To(Equal(theirs))
		}
		ops := grant("by-user", user, queues)
		ops.SetNamespace(w.Namespace)
		w.Edit(ctx, ops, func() { ops.Spec.AdoptionPolicy = v1alpha1.AdoptIfUnowned })
		w.ExpectReady(ctx, ops)
		Expect(ops.Status.IsAdopted()).To(BeTrue())
		Expect(permissionsGranted(w)).To(And(HaveKey("queues"), Not(HaveKey("admin"))))
	},
		Entry("where MeshAgent refuses a second one", simulator.Behavior{}),
		Entry("where MeshAgent would overwrite it", simulator.Behavior{OverwriteGrants: true}),
	)

	DescribeTable("is created once, and known for our own, when the answer is lost", func(ctx SpecContext, made *v1alpha1.MeshRoomGrant, behavior simulator.Behavior) {
		begin(ctx, behavior)
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/room-grants$", Times: 1, Drop: simulator.DropAfter})
		ops := made.DeepCopy()
		if ops.Spec.Email == "" {
			ops.Spec.UserID = user
		}
		w.CreateAll(ctx, ops)
		if ops.Spec.Email == newcomer && !behavior.ImmediateEmailGrants {
			Eventually(w.State(ctx, ops)).WithContext(ctx).Should(ContainSubstring("has not joined yet"))
			w.MeshAgent.Accept(newcomer)
		}
		w.ExpectReady(ctx, ops)
		Expect(ops.Status.IsAdopted()).To(BeFalse())
		Expect(permissionsGranted(w)).To(HaveLen(2))
		Expect(w.Delete(ctx, ops)).To(Succeed())
		w.ExpectGone(ctx, ops)
		Expect(w.MeshAgent.Documents("room-grants")).To(BeEmpty())
	},
		Entry("by user, where MeshAgent would overwrite it", grant("ops", "", queues), simulator.Behavior{OverwriteGrants: true}),
		Entry("by e-mail, where MeshAgent would overwrite it", grant("ops", simulator.MemberEmail, queues, byEmail), simulator.Behavior{OverwriteGrants: true}),
		Entry("by e-mail of a stranger", grant("ops", newcomer, queues, byEmail), simulator.Behavior{}),
		Entry("by e-mail of a stranger who is granted at once", grant("ops", newcomer, queues, byEmail), simulator.Behavior{ImmediateEmailGrants: true}),
	)

	It("waits while an address is invited already, if MeshAgent does not invite twice", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		w.MeshAgent.Inject(simulator.Fault{Method: http.MethodPost, Path: "/room-grants$", Status: http.StatusConflict})
		fresh := grant("fresh", newcomer, queues, byEmail)
		w.CreateAll(ctx, fresh)
		Eventually(w.State(ctx, fresh)).WithContext(ctx).Should(ContainSubstring("has not joined yet"))
	})

	It("goes with its room, and is made again with it", func(ctx SpecContext) {
		begin(ctx, simulator.Behavior{})
		ops := grant("ops", simulator.MemberEmail, queues, byEmail)
		w.CreateAll(ctx, ops)
		w.ExpectReady(ctx, ops)
		before := ops.Status.ID
		Expect(w.Delete(ctx, support)).To(Succeed())
		w.ExpectGone(ctx, support)
		Eventually(w.State(ctx, ops)).WithContext(ctx).Should(ContainSubstring(`MeshRoom "support" does not exist in namespace`))
		w.CreateAll(ctx, harness.Room("support"))
		Eventually(func() (string, error) { _, err := w.State(ctx, ops)(); return ops.Status.ID, err }).WithContext(ctx).ShouldNot(Equal(before))
		w.ExpectReady(ctx, ops)

		By("deleting the project before all")
		for _, obj := range []client.Object{&v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Name: "default", Namespace: w.Namespace}}, harness.Room("support"), ops} {
			obj.SetNamespace(w.Namespace)
			Expect(w.Delete(ctx, obj)).To(Succeed())
		}
		w.ExpectGone(ctx, ops)
		Expect(w.MeshAgent.Documents("room-grants")).To(BeEmpty())
	})
})
