// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controlplane_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
)

func TestControlPlane(t *testing.T) {
	dir := t.TempDir()
	plane, err := controlplane.Start(t.Context(), controlplane.Options{
		CRDPaths:           []string{"testdata/crd.yaml"},
		ControllerManager:  true,
		KubeAPIServerFlags: map[string][]string{"default-watch-cache-size": {"50"}},
		Dir:                dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := plane.Stop(); err != nil {
			t.Error(err)
		}
	})
	admin := connect(t, plane.Config)

	t.Run("deletes a namespace with all that is in it", func(t *testing.T) {
		namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "doomed"}}
		create(t, admin, namespace)
		create(t, admin, configMap("doomed", "inside"))

		if err := admin.Delete(t.Context(), namespace); err != nil {
			t.Fatal(err)
		}
		awaitGone(t, admin, namespace)
	})

	t.Run("collects what a deleted owner owned", func(t *testing.T) {
		owner, owned := configMap("default", "owner"), configMap("default", "owned")
		create(t, admin, owner)
		owned.OwnerReferences = []metav1.OwnerReference{{APIVersion: "v1", Kind: "ConfigMap", Name: owner.Name, UID: owner.UID}}
		create(t, admin, owned)

		if err := admin.Delete(t.Context(), owner); err != nil {
			t.Fatal(err)
		}
		awaitGone(t, admin, owned)
	})

	t.Run("serves the custom resources", func(t *testing.T) {
		list := &metav1.PartialObjectMetadataList{TypeMeta: metav1.TypeMeta{APIVersion: "example.com/v1", Kind: "ThingList"}}
		if err := admin.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("lets other users do what they may", func(t *testing.T) {
		config, err := plane.AddUser("jane", "nobodies")
		if err != nil {
			t.Fatal(err)
		}
		if err := connect(t, config).List(t.Context(), &corev1.SecretList{}); !apierrors.IsForbidden(err) {
			t.Errorf("listing Secrets as jane: got %v, want Forbidden", err)
		}
	})

	t.Run("writes a kubeconfig for its owner alone", func(t *testing.T) {
		info, err := os.Stat(plane.KubeconfigPath)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("mode is %o", got)
		}
		config, err := clientcmd.BuildConfigFromFlags("", plane.KubeconfigPath)
		if err != nil {
			t.Fatal(err)
		}
		if err := connect(t, config).List(t.Context(), &corev1.SecretList{}); err != nil {
			t.Error(err)
		}
	})

	t.Run("leaves only kubeconfig and logs", func(t *testing.T) {
		if err := plane.Stop(); err != nil {
			t.Fatal(err)
		}
		left, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil {
			t.Fatal(err)
		}
		if len(left) != 2 {
			t.Errorf("left behind: %q", left)
		}
		if answers(t, plane.Config.Host) {
			t.Error("the API server still answers")
		}
	})
}

func TestWithoutBinaries(t *testing.T) {
	t.Setenv("KUBEBUILDER_ASSETS", "")
	t.Chdir(t.TempDir())

	_, err := controlplane.Start(t.Context(), controlplane.Options{})
	if err == nil || !strings.Contains(err.Error(), "make controlplane") {
		t.Errorf("got %v, want the advice to run make controlplane", err)
	}
}

func TestFailedStart(t *testing.T) {
	_, err := controlplane.Start(t.Context(), controlplane.Options{
		KubeAPIServerFlags: map[string][]string{"no-such-flag": {"1"}},
	})
	if err == nil || !strings.Contains(err.Error(), "unknown flag: --no-such-flag") {
		t.Errorf("got %v, want what the log says", err)
	}
}

// TestKilled starts a control plane in another process, which runs this test again, and kills that
// process.
func TestKilled(t *testing.T) {
	if os.Getenv("CONTROLPLANE_TO_BE_KILLED") != "" {
		startAndHang(t)
	}
	temporary := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilled$")
	cmd.Env = append(os.Environ(), "CONTROLPLANE_TO_BE_KILLED=1", "TMPDIR="+temporary)
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	host, err := bufio.NewReader(output).ReadString('\n')
	if host = strings.TrimSpace(host); err != nil || !answers(t, host) {
		t.Fatalf("the control plane %q was not started: %v", host, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // returns that the process was killed

	eventually(t, "the control plane ends and its folder is removed", func(context.Context) (bool, error) {
		left, err := os.ReadDir(temporary)
		return len(left) == 0 && !answers(t, host), err
	})
}

func startAndHang(t *testing.T) {
	t.Helper()
	plane, err := controlplane.Start(t.Context(), controlplane.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintln(os.Stdout, plane.Config.Host); err != nil {
		t.Fatal(err)
	}
	<-t.Context().Done()
}

func connect(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	c, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func configMap(namespace, name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

func create(t *testing.T, c client.Client, obj client.Object) {
	t.Helper()
	if err := c.Create(t.Context(), obj); err != nil {
		t.Fatal(err)
	}
}

func awaitGone(t *testing.T, c client.Client, obj client.Object) {
	t.Helper()
	eventually(t, obj.GetName()+" is gone", func(ctx context.Context) (bool, error) {
		err := c.Get(ctx, client.ObjectKeyFromObject(obj), obj)
		return apierrors.IsNotFound(err), client.IgnoreNotFound(err)
	})
}

func eventually(t *testing.T, what string, condition wait.ConditionWithContextFunc) {
	t.Helper()
	if err := wait.PollUntilContextTimeout(t.Context(), 50*time.Millisecond, time.Minute, true, condition); err != nil {
		t.Fatalf("waiting until %s: %v", what, err)
	}
}

func answers(t *testing.T, host string) bool {
	t.Helper()
	address, err := url.Parse(host)
	if err != nil {
		return false
	}
	connection, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", address.Host)
	if err != nil {
		return false
	}
	return connection.Close() == nil
}
