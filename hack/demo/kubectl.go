// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

const kubectlPath = "bin/k8s/kubectl"

// kubectl runs the real kubectl as a user of the demo does.
type kubectl struct {
	path string
	env  []string
}

func newKubectl(kubeconfig, dir string) (*kubectl, error) {
	path, err := filepath.Abs(kubectlPath)
	if err != nil {
		return nil, fmt.Errorf("finding kubectl: %w", err)
	}
	return &kubectl{path: path, env: append(os.Environ(),
		"KUBECONFIG="+kubeconfig,
		"KUBECACHEDIR="+filepath.Join(dir, "kubectl"), // leave no trace in the user's home
		"KUBERC=off", // and take no preferences from it
	)}, nil
}

// run returns what kubectl prints.
func (k *kubectl) run(ctx context.Context, args ...string) (string, error) {
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, k.path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = k.env, &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s", args[0], err, strings.TrimSpace(problems.String()))
	}
	return out.String(), nil
}

// showKubectl runs kubectl in front of the audience.
func (d *demo) showKubectl(ctx context.Context, args ...string) error {
	d.command("kubectl " + quoted(args))
	d.wait("kubectl " + args[0] + " is at work")
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := d.kubectl.run(ctx, args...)
	if err == nil && out != "" {
		d.detail("%s", out)
	}
	return err
}

// quoted writes arguments so that they can be pasted into a shell.
func quoted(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = arg
		if strings.ContainsAny(arg, ` {}"$#*?;&|<>()`) {
			words[i] = "'" + arg + "'"
		}
	}
	return strings.Join(words, " ")
}
