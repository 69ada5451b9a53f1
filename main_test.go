// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
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
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

// asOperator in the environment turns the test binary into the operator.
const asOperator = "TEST_AS_OPERATOR"

func TestMain(m *testing.M) {
	if os.Getenv(asOperator) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// The operator runs as a process of its own, with the rights of a user, against a real API server.
func TestRun(t *testing.T) {
	t.Parallel()
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

	// A team has deleted its namespace, and with it the Role that let the operator read it. The
	// others must not notice, neither when the operator is started again nor when it is
	// uninstalled.
	t.Run("without one of its namespaces", func(t *testing.T) {
		t.Parallel()
		o := startOperator(t, plane, "--watch-namespaces=left,gone")
		o.eventually(t, func(ctx context.Context) bool {
			err := cluster.Get(ctx, client.ObjectKeyFromObject(project), project)
			return err == nil && len(project.Status.Conditions) > 0
		})
		o.eventually(t, func(ctx context.Context) bool { return o.probe(ctx) == http.StatusOK })
		o.mustStop(t)
		if log := o.log.String(); !strings.Contains(log, `"msg":"Traces are off"`) {
			t.Errorf("no word of the traces that it cannot send: %s", log)
		}
		if len(project.Finalizers) == 0 {
			t.Error("no finalizer")
		}
		release := startOperator(t, plane, "--watch-namespaces=left,gone", "--release-objects", "--leader-election-namespace=left")
		if err := release.wait(t); err != nil {
			t.Error(err)
		}
		if log := release.log.String(); !strings.Contains(log, "INFO\tReleased objects\t{\"number\": 1}") {
			t.Errorf("people read what it says: %s", log)
		}
		if err := cluster.Get(t.Context(), client.ObjectKeyFromObject(project), project); err != nil || len(project.Finalizers) > 0 {
			t.Errorf("finalizers %v are left: %v", project.Finalizers, err)
		}
	})

	// Before its caches are filled, the operator is not ready, and stops when it gets a signal.
	t.Run("without any rights", func(t *testing.T) {
		t.Parallel()
		o := startOperator(t, plane)
		o.eventually(t, func(ctx context.Context) bool { return o.probe(ctx) == http.StatusInternalServerError })
		o.eventually(t, func(context.Context) bool { return strings.Contains(o.log.String(), "Failed to watch") })
		o.mustStop(t)
	})
}

const operatorUser = "operator"

// operator is a process.
type operator struct {
	*exec.Cmd
	probes string // where it answers probes
	log    *syncBuffer
	ended  chan error
}

func startOperator(t *testing.T, plane *controlplane.ControlPlane, args ...string) *operator {
	t.Helper()
	probes := freeAddress(t)
	args = append(args, "--owner-id=test", "--health-probe-bind-address="+probes)
	o := &operator{Cmd: exec.CommandContext(t.Context(), os.Args[0], args...), probes: probes, log: &syncBuffer{}, ended: make(chan error, 1)}
	o.Env = append(os.Environ(), asOperator+"=yes", clientcmd.RecommendedConfigPathEnvVar+"="+kubeconfigOf(t, plane, operatorUser),
		// Platforms set such variables for all pods. They must not stop the operator.
		"OTEL_EXPORTER_OTLP_ENDPOINT=http://collector.invalid", "OTEL_EXPORTER_OTLP_PROTOCOL=http/json")
	o.Stdout, o.Stderr = o.log, o.log
	if err := o.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { o.ended <- o.Wait() }()
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(o.log.String())
		}
	})
	return o
}

// wait tells how the operator ended.
func (o *operator) wait(t *testing.T) error {
	t.Helper()
	select {
	case err := <-o.ended:
		return err
	case <-time.After(time.Minute):
		t.Fatal("the operator does not end")
		return nil
	}
}

// mustStop tells the operator to stop.
func (o *operator) mustStop(t *testing.T) {
	t.Helper()
	if err := o.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := o.wait(t); err != nil {
		t.Error(err)
	}
}

// probe returns the status code of /readyz, or 0 if the operator does not answer.
func (o *operator) probe(ctx context.Context) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+o.probes+"/readyz", nil)
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	_ = response.Body.Close()
	return response.StatusCode
}

// eventually waits for something, unless the operator ends.
func (o *operator) eventually(t *testing.T, is func(context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(t.Context(), 100*time.Millisecond, time.Minute, true, func(ctx context.Context) (bool, error) {
		select {
		case err := <-o.ended:
			return false, fmt.Errorf("the operator has ended: %w", err)
		default:
			return is(ctx), nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// syncBuffer is a log that can be read while it is written.
type syncBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write writes.
func (b *syncBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(text)
}

// String is what was written.
func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

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
	project := &v1alpha1.MeshProject{ObjectMeta: named("left", v1alpha1.DefaultProject)}
	project.Spec.APIKeySecretRef.Name = "missing"
	objects := []client.Object{&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "left"}}, project}
	for _, name := range []string{"role", "leader_election_role"} {
		role := &rbacv1.Role{}
		text, err := os.ReadFile(filepath.Join("config", "rbac", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		if err := yaml.Unmarshal(text, role); err != nil {
			t.Fatal(err)
		}
		role.TypeMeta, role.ObjectMeta = metav1.TypeMeta{}, named("left", strings.ReplaceAll(name, "_", "-"))
		objects = append(objects, role, &rbacv1.RoleBinding{
			ObjectMeta: named("left", role.Name),
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name},
			Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: operatorUser}},
		})
	}
	for _, obj := range objects {
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

func named(namespace, name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: namespace, Name: name}
}
