// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// ownUser is the user for whom the API key acts.
const ownUser = "0a5c0de0-0000-4000-8000-000000000001"

var _ = Describe("MeshProjectMember", func() {
	member := func(user string, change ...func(*v1alpha1.MeshProjectMember)) *v1alpha1.MeshProjectMember {
		made := &v1alpha1.MeshProjectMember{ObjectMeta: metav1.ObjectMeta{Name: "otis"}, Spec: v1alpha1.MeshProjectMemberSpec{UserID: user}}
		for _, change := range change {
			change(made)
		}
		return made
	}
	remote := func(w *harness.Env, user string) map[string]any {
		for _, doc := range w.MeshAgent.Documents("users") {
			if doc["id"] == user {
				return doc
			}
		}
		return nil
	}

	It("leaves flags that it does not set, and sends only what differs", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		mine := member("otis", func(m *v1alpha1.MeshProjectMember) {
			m.Spec.Developer = new(true)
			m.Spec.Profile = &v1alpha1.MemberProfile{FirstName: "Otis"}
		})
		w.CreateAll(ctx, mine)
		w.ExpectReady(ctx, mine)
		Expect(mine.Status.FirstName).To(Equal("Otis"))
		Expect(mine.Status.Email).NotTo(BeEmpty())
		Expect(remote(w, "otis")).To(And(HaveKeyWithValue("is_developer", true), HaveKeyWithValue("first_name", "Otis")))

		w.MeshAgent.Edit("users", "otis", func(doc map[string]any) { doc["can_create_agents"], doc["last_name"] = true, "Ops" })
		w.MeshAgent.ResetCalls()
		w.Edit(ctx, mine, func() { mine.Spec.Developer = new(false) })
		w.ExpectReady(ctx, mine)
		Expect(w.Calls("PUT")).To(ConsistOf("PUT users/otis"))
		w.Edit(ctx, mine, func() { mine.Spec.Profile.FirstName = "Otto" })
		w.ExpectReady(ctx, mine)
		Expect(w.Calls("PUT")).To(ConsistOf("PUT users/otis", ContainSubstring("/profiles/otis")))
		Expect(remote(w, "otis")).To(And(
			HaveKeyWithValue("is_developer", false), HaveKeyWithValue("can_create_agents", true),
			HaveKeyWithValue("first_name", "Otto"), HaveKeyWithValue("last_name", "Ops")))
	})

	It("never locks the operator out", func(ctx SpecContext) {
		w := harness.NewEnv(ctx)
		w.StartOperator(harness.OperatorOptions{})
		w.ApplyProject(ctx)
		owner := member(ownUser, func(m *v1alpha1.MeshProjectMember) {
			m.Spec.Admin, m.Spec.Developer = new(false), new(false)
			m.Spec.AdoptionPolicy, m.Spec.DeletionPolicy = v1alpha1.AdoptIfUnowned, v1alpha1.DeletionDelete
		})
		w.CreateAll(ctx, owner)
		Eventually(w.State(ctx, owner)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True Rejected"), ContainSubstring("the API key acts for this user")))
		Expect(w.Calls("PUT", "DELETE")).To(BeEmpty())
		w.Edit(ctx, owner, func() { owner.Spec.Admin = new(true) })
		w.ExpectReady(ctx, owner)
		Expect(remote(w, ownUser)).To(And(HaveKeyWithValue("is_admin", true), HaveKeyWithValue("is_developer", false)))

		By("leaving the member when the object is deleted, and saying so")
		Expect(w.Delete(ctx, owner)).To(Succeed())
		w.ExpectGone(ctx, owner)
		Expect(remote(w, ownUser)).NotTo(BeNil())
		Expect(w.Calls("DELETE")).To(BeEmpty())
		Eventually(w.Events(ctx, owner)).WithContext(ctx).Should(ContainElement(And(HavePrefix("Left: "), ContainSubstring("the API key acts for this user"))))
	})

	It("needs a privileged namespace, keeps what it has without one, and can always be deleted", func(ctx SpecContext) {
		host, guest := harness.NewEnv(ctx), harness.NewEnv(ctx)
		guest.MeshAgent = host.MeshAgent
		host.StartOperator(harness.OperatorOptions{Namespaces: []string{guest.Namespace}, DriftInterval: harness.ShortInterval})
		project := host.ApplyProject(ctx)
		all := &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
		host.Edit(ctx, project, func() { project.Spec.AllowedNamespaces = all })
		host.ExpectReady(ctx, project)
		mine := member("otis", func(m *v1alpha1.MeshProjectMember) {
			m.Spec.Developer = new(true)
			m.Spec.ProjectRef.Namespace = host.Namespace
		})
		host.MeshAgent.ResetCalls()
		guest.CreateAll(ctx, mine)
		Eventually(guest.State(ctx, mine)).WithContext(ctx).Should(And(ContainSubstring("Stalled=True ProjectNotAllowed"), ContainSubstring("spec.privilegedNamespaces")))
		Expect(host.MeshAgent.Calls()).NotTo(ContainElement(HaveField("Path", ContainSubstring("/users"))))

		By("getting the right")
		host.Edit(ctx, project, func() { project.Spec.PrivilegedNamespaces = all })
		guest.ExpectReady(ctx, mine)

		By("losing it")
		host.Edit(ctx, project, func() { project.Spec.PrivilegedNamespaces = nil })
		Eventually(guest.State(ctx, mine)).WithContext(ctx).Should(ContainSubstring("Stalled=True ProjectNotAllowed"))
		Expect(remote(host, "otis")).To(HaveKeyWithValue("is_developer", true))
		Expect(guest.Delete(ctx, mine)).To(Succeed())
		guest.ExpectGone(ctx, mine)
		Expect(remote(host, "otis")).To(BeNil())
	})
})
