// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// audit is the API server's record of the requests of ServiceAccounts, and the role that allowed
// each.
type audit struct{ log string }

// newAudit returns an audit, and the flags with which the API server writes it.
func newAudit() (audit, map[string][]string) {
	GinkgoHelper()
	a := audit{filepath.Join(GinkgoT().TempDir(), "audit.log")}
	policy := filepath.Join(GinkgoT().TempDir(), "policy.yaml")
	Expect(os.WriteFile(policy, []byte(`
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  userGroups: [system:serviceaccounts]
- level: None
`), 0o600)).To(Succeed())
	return a, map[string][]string{"audit-policy-file": {policy}, "audit-log-path": {a.log}}
}

// byRole finds the role in the authorizer's reason.
var byRole = regexp.MustCompile(`of ((?:Cluster)?Role) "([^"]+)" to`)

// used lists what a ServiceAccount was allowed to do, by role, and all requests that were refused.
func (a audit) used(namespace, account string) (used map[string]sets.Set[string], refused []string) {
	GinkgoHelper()
	text, err := os.ReadFile(a.log)
	Expect(err).NotTo(HaveOccurred())
	used = map[string]sets.Set[string]{}
	for line := range bytes.Lines(text) {
		var event auditv1.Event
		Expect(json.Unmarshal(line, &event)).To(Succeed())
		if event.User.Username != "system:serviceaccount:"+namespace+":"+account {
			continue
		}
		if event.Annotations["authorization.k8s.io/decision"] != "allow" {
			refused = append(refused, event.Verb+" "+event.RequestURI)
			continue
		}
		role := byRole.FindStringSubmatch(event.Annotations["authorization.k8s.io/reason"])
		if role == nil || strings.HasPrefix(role[2], "system:") {
			continue // allowed for all users, such as discovery
		}
		Expect(event.ObjectRef).NotTo(BeNil(), event.RequestURI)
		resource := event.ObjectRef.Resource
		if event.ObjectRef.Subresource != "" {
			resource += "/" + event.ObjectRef.Subresource
		}
		note(used, role[1]+" "+role[2], event.Verb, event.ObjectRef.APIGroup, resource)
	}
	return used, refused
}

// granted lists the permissions of a ServiceAccount in manifests. Roles with the same name in
// several namespaces count as one.
func granted(ctx context.Context, release installation) map[string]sets.Set[string] {
	GinkgoHelper()
	objects := append(release.manifest(ctx), release.hooks(ctx)...)
	bound := sets.Set[string]{}
	for _, obj := range objects {
		if strings.HasSuffix(obj.GetKind(), "RoleBinding") {
			binding := harness.As[rbacv1.RoleBinding](obj)
			Expect(binding.Subjects).To(ConsistOf(rbacv1.Subject{Kind: "ServiceAccount", Name: release.account, Namespace: release.namespace}))
			bound.Insert(binding.RoleRef.Kind + " " + binding.RoleRef.Name)
		}
	}
	grants := map[string]sets.Set[string]{}
	for _, obj := range objects {
		role := obj.GetKind() + " " + obj.GetName()
		if !strings.HasSuffix(obj.GetKind(), "Role") || !bound.Has(role) {
			continue
		}
		for _, rule := range harness.As[rbacv1.Role](obj).Rules {
			for _, verb := range rule.Verbs {
				for _, group := range rule.APIGroups {
					for _, resource := range rule.Resources {
						note(grants, role, verb, group, resource)
					}
				}
			}
		}
	}
	return grants
}

func note(what map[string]sets.Set[string], role, verb, group, resource string) {
	if what[role] == nil {
		what[role] = sets.Set[string]{}
	}
	what[role].Insert(strings.TrimSuffix(verb+" "+resource+"."+group, "."))
}

// unused lists the permissions that were granted and not used.
func unused(grants, used map[string]sets.Set[string]) []string {
	var lines []string
	for role, actions := range grants {
		for action := range actions.Difference(used[role]) {
			lines = append(lines, role+": "+action)
		}
	}
	slices.Sort(lines)
	return lines
}
