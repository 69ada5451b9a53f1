// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// get sends a request to a pod, as a probe or Prometheus does.
func get(ctx context.Context, url, token string) (int, string) {
	GinkgoHelper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	Expect(err).NotTo(HaveOccurred())
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	caller := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
	response, err := caller.Do(request)
	if err != nil {
		return 0, err.Error() // the pod does not listen, or not yet
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	Expect(err).NotTo(HaveOccurred())
	return response.StatusCode, string(text)
}

// servesMetrics checks who can read the metrics.
func (i installation) servesMetrics(ctx context.Context, p *pod) {
	GinkgoHelper()
	url := "https://" + p.ports["metrics"] + "/metrics"
	status, _ := get(ctx, url, "")
	Expect(status).To(Equal(http.StatusUnauthorized))
	stranger := i.token(ctx, i.namespace, "default")
	status, _ = get(ctx, url, stranger)
	Expect(status).To(Equal(http.StatusForbidden))
	status, text := get(ctx, url, i.reader(ctx))
	Expect(status).To(Equal(http.StatusOK), text)
	harness.FindSecrets("a metric of the installed operator", []byte(text))
	Expect(text).To(ContainSubstring("workqueue_depth"))
}

// countsOnce checks that only the leader reports metrics of objects, so that a sum over all
// replicas is right.
func (i installation) countsOnce(ctx context.Context, replicas []*pod) {
	GinkgoHelper()
	leader, standby := i.leader(ctx, replicas)
	for p, tells := range map[*pod]bool{leader: true, standby: false} {
		_, text := get(ctx, "https://"+p.ports["metrics"]+"/metrics", i.reader(ctx))
		Expect(strings.Contains(text, "\nmeshagent_operator_objects{")).To(Equal(tells))
	}
}

// reader creates a ServiceAccount that can read the metrics, and a token for it.
func (i installation) reader(ctx context.Context) string {
	GinkgoHelper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: i.namespace, Name: "prometheus"}}
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "prometheus"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: i.account + "-metrics-reader"},
		Subjects:   []rbacv1.Subject{{Kind: "ServiceAccount", Namespace: i.namespace, Name: account.Name}},
	}
	for _, obj := range []client.Object{account, binding} {
		Expect(client.IgnoreAlreadyExists(i.cluster.Create(ctx, obj))).To(Succeed())
	}
	return i.token(ctx, i.namespace, account.Name)
}

// leads is true if a replica is the leader.
func (i installation) leads(ctx context.Context, p *pod) bool {
	GinkgoHelper()
	_, text := get(ctx, "https://"+p.ports["metrics"]+"/metrics", i.reader(ctx))
	return strings.Contains(text, fmt.Sprintf("leader_election_master_status{name=%q} 1", i.account))
}

// leader finds the leader among two replicas.
func (i installation) leader(ctx context.Context, replicas []*pod) (leader, standby *pod) {
	GinkgoHelper()
	Eventually(func() int {
		for at, p := range replicas {
			if i.leads(ctx, p) {
				leader, standby = p, replicas[1-at]
				return at
			}
		}
		return -1
	}).WithContext(ctx).ShouldNot(Equal(-1))
	return leader, standby
}
