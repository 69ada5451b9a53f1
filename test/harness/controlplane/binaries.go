// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controlplane

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const (
	etcd              = "etcd"
	apiServer         = "kube-apiserver"
	controllerManager = "kube-controller-manager"
)

// Find returns the absolute path of a binary of Kubernetes, such as kubectl.
func Find(name string) (string, error) {
	found, err := find([]string{name})
	if err != nil {
		return "", err
	}
	return filepath.Abs(found[name])
}

// find returns the paths of the binaries by name.
func find(names []string) (map[string]string, error) {
	folders, err := folders()
	if err != nil {
		return nil, err
	}
	found := map[string]string{}
	var missing []string
	for _, name := range names {
		if path := lookUp(folders, name); path != "" {
			found[name] = path
		} else {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("no %s in %s: run \"make controlplane\"", strings.Join(missing, ", "), strings.Join(folders, " or "))
	}
	return found, nil
}

func lookUp(folders []string, name string) string {
	for _, folder := range folders {
		// LookPath does not search for a path with a slash. It only checks that the file can be
		// executed.
		if path, err := exec.LookPath(filepath.Join(folder, name)); err == nil {
			return path
		}
	}
	return ""
}

// folders returns where to look: KUBEBUILDER_ASSETS, which often has no kube-controller-manager,
// then bin/k8s of the module of the working directory, for a plain "go test".
func folders() ([]string, error) {
	var folders []string
	if assets := os.Getenv("KUBEBUILDER_ASSETS"); assets != "" {
		folders = append(folders, assets)
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return append(folders, filepath.Join(dir, "bin", "k8s")), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return append(folders, "bin/k8s"), nil
		}
		dir = parent
	}
}
