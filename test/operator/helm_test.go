// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// chart is the Helm chart of this repository.
var chart = filepath.Join("..", "..", "charts", "meshagent-operator")

// tool finds a tool that hack/tools pins.
func tool(ctx context.Context, name string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "tool", "-n", "-modfile="+filepath.Join("..", "..", "hack", "tools", "go.mod"), name).Output()
	return strings.TrimSpace(string(out)), err
}

// helm runs helm as a user of a cluster; "" is none. It is the command and not the library, since it is what users run: its flags, what it
// prints and when it refuses are part of what is tested.
func helm(ctx context.Context, kubeconfig string, args ...string) (string, error) {
	path, err := tool(ctx, "helm")
	if err != nil {
		return "", err
	}
	home := filepath.Join(os.TempDir(), "meshagent-operator-helm") // nothing of the user's
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	GinkgoWriter.Printf("helm %s\n", strings.Join(args, " "))
	return out.String(), err
}

// objectsIn reads manifests.
func objectsIn(manifests string) []*unstructured.Unstructured {
	GinkgoHelper()
	var objects []*unstructured.Unstructured
	documents := yaml.NewYAMLReader(bufio.NewReader(strings.NewReader(manifests)))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return objects
		}
		Expect(err).NotTo(HaveOccurred())
		obj := &unstructured.Unstructured{}
		Expect(yaml.Unmarshal(document, &obj.Object)).To(Succeed(), "%s", document)
		if len(obj.Object) > 0 {
			objects = append(objects, obj)
		}
	}
}

// as turns an object into one of a type.
func as[T any](obj *unstructured.Unstructured) *T {
	GinkgoHelper()
	typed := new(T)
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(obj.Object, typed, true)).To(Succeed())
	return typed
}
