// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controlplane"
)

// A team has deleted its namespace, and with it the Role that let the operator read it. The others must not notice,
// whenever the operator is started again, and it must stop when it is told to.
//
//nolint:paralleltest // it sets the environment
func TestRunWithoutOneOfItsNamespaces(t *testing.T) {
	plane, err := controlplane.Start(t.Context(), controlplane.Options{CRDPaths: []string{filepath.Join("config", "crd", "bases")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	cluster, project := prepare(t, plane)
	t.Setenv(clientcmd.RecommendedConfigPathEnvVar, kubeconfigOf(t, plane, operatorUser))

	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	probes := freeAddress(t)
	opts := options{
		metricsAddress: "0", pprofAddress: "0", probeAddress: probes, ownerID: "test", driftInterval: time.Minute, concurrency: 1,
		watchNamespaces: "left,gone",
	}
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, opts) }()
	eventually(t, ended, func(ctx context.Context) bool {
		err := cluster.Get(ctx, client.ObjectKeyFromObject(project), project)
		return err == nil && len(project.Status.Conditions) > 0
	})
	eventually(t, ended, func(ctx context.Context) bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+probes+"/readyz", nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return false
		}
		return response.Body.Close() == nil && response.StatusCode == http.StatusOK
	})
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("the operator does not stop")
	}
}

const operatorUser = "operator"

// prepare makes the namespace that is left, with a Role for the operator and a MeshProject.
func prepare(t *testing.T, plane *controlplane.ControlPlane) (client.Client, *v1alpha1.MeshProject) {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{v1alpha1.AddToScheme, clientgoscheme.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	cluster, err := client.New(plane.Config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("config", "rbac", "role.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	role := &rbacv1.Role{}
	if err := yaml.Unmarshal(text, role); err != nil {
		t.Fatal(err)
	}
	role.TypeMeta, role.ObjectMeta = metav1.TypeMeta{}, named("left", "operator")
	project := &v1alpha1.MeshProject{ObjectMeta: named("left", v1alpha1.DefaultProject)}
	project.Spec.APIKeySecretRef.Name = "missing"
	for _, obj := range []client.Object{
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "left"}}, role, project,
		&rbacv1.RoleBinding{
			ObjectMeta: named("left", "operator"),
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: operatorUser}},
		},
	} {
		if err := cluster.Create(t.Context(), obj); err != nil {
			t.Fatal(err)
		}
	}
	return cluster, project
}

// kubeconfigOf is a file for a user.
func kubeconfigOf(t *testing.T, plane *controlplane.ControlPlane, user string) string {
	t.Helper()
	config, err := clientcmd.LoadFromFile(plane.KubeconfigPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, credentials := range config.AuthInfos {
		credentials.Impersonate = user
	}
	file := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, file); err != nil {
		t.Fatal(err)
	}
	return file
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}

// eventually waits for something, unless the operator ends.
func eventually(t *testing.T, ended <-chan error, is func(context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		select {
		case err := <-ended:
			t.Fatalf("the operator has ended: %v", err)
			return false, nil
		default:
			return is(ctx), nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
