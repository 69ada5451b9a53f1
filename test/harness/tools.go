// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

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
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Chart is the Helm chart of this repository.
var Chart = Path("charts", "meshagent-operator")

// tools are the paths of tools that were requested before.
var tools struct {
	sync.Mutex
	paths map[string]string
}

// Tool finds a tool that hack/tools pins. The go command needs seconds for that, so each tool is
// searched once.
func Tool(ctx context.Context, name string) string {
	GinkgoHelper()
	tools.Lock()
	defer tools.Unlock()
	if path, known := tools.paths[name]; known {
		return path
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "-n", "-modfile="+Path("hack", "tools", "go.mod"), name)
	cmd.Stderr = GinkgoWriter
	out, err := cmd.Output()
	Expect(err).NotTo(HaveOccurred())
	if tools.paths == nil {
		tools.paths = map[string]string{}
	}
	tools.paths[name] = strings.TrimSpace(string(out))
	return tools.paths[name]
}

// Kustomize builds a folder.
func Kustomize(ctx context.Context, folder string) string {
	GinkgoHelper()
	cmd := exec.CommandContext(ctx, Tool(ctx, "kustomize"), "build", folder)
	cmd.Stderr = GinkgoWriter
	out, err := cmd.Output()
	Expect(err).NotTo(HaveOccurred())
	return string(out)
}

// Helm runs helm as a user of a cluster. With "" there is no cluster. It runs the command and not
// the library, because users do. Its flags, its output and its errors are part of what is tested.
func Helm(ctx context.Context, kubeconfig string, args ...string) (string, error) {
	home := filepath.Join(SuiteFolder(), "helm") // nothing of the user's own configuration
	cmd := exec.CommandContext(ctx, Tool(ctx, "helm"), args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+kubeconfig, "HELM_CACHE_HOME="+home, "HELM_CONFIG_HOME="+home, "HELM_DATA_HOME="+home)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	GinkgoWriter.Printf("helm %s\n", strings.Join(args, " "))
	return out.String(), err
}

// ParseObjects parses manifests.
func ParseObjects(manifests string) []*unstructured.Unstructured {
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

// As converts an object to a type.
func As[T any](obj *unstructured.Unstructured) *T {
	GinkgoHelper()
	typed := new(T)
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(obj.Object, typed, true)).To(Succeed())
	return typed
}
