// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

const samplesPath = "config/samples"

// installDefinitions does what "make install" does, and waits until the kinds are served.
func (d *demo) installDefinitions(ctx context.Context) error {
	apply := []string{"apply", "--server-side", "-k", "config/crd"}
	d.command("kubectl " + quoted(apply))
	out, err := d.kubectl.run(ctx, append(apply, "-o", "name")...)
	if err != nil {
		return err
	}
	var names []string
	for line := range strings.FieldsSeq(out) {
		names = append(names, strings.TrimPrefix(line, "customresourcedefinition.apiextensions.k8s.io/"))
	}
	if len(names) == 0 {
		return errors.New("config/crd is empty")
	}
	err = d.await(ctx, func(ctx context.Context) string {
		served, err := d.kubectl.run(ctx, "api-resources", "--categories=meshagent", "-o", "name")
		if err != nil {
			return err.Error()
		}
		missing := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(strings.Fields(served), name) })
		if len(missing) == 0 {
			return ""
		}
		return "Kubernetes does not serve (in the category meshagent) " + strings.Join(missing, ", ")
	})
	if err == nil {
		d.detail("Kubernetes now knows %s", strings.ReplaceAll(strings.Join(names, ", "), "."+v1alpha1.GroupVersion.Group, ""))
	}
	return err
}

// createKey makes the Secret that the sample MeshProject names.
func (d *demo) createKey(ctx context.Context) error {
	create := []string{"create", "secret", "generic", "meshagent-api-key"}
	d.command("kubectl " + quoted(create) + ` --from-literal=apiKey="$MESHAGENT_API_KEY"`)
	out, err := d.kubectl.run(ctx, append(create, "--from-literal=apiKey="+simulator.DevelopmentKey)...)
	if err != nil {
		return err
	}
	d.detail("%s", out)
	return nil
}

// applySamples declares one object of each kind.
func (d *demo) applySamples(ctx context.Context) error {
	err := d.showKubectl(ctx, "apply", "-k", samplesPath)
	if err != nil {
		return err
	}
	if d.samples, err = d.findSamples(ctx); err != nil {
		return err
	}
	if err := d.awaitReady(ctx, d.samples...); err != nil {
		return err
	}
	return d.showKubectl(ctx, "get", "meshagent", "-A")
}

// findSamples asks Kubernetes what it made of the samples.
func (d *demo) findSamples(ctx context.Context) ([]object, error) {
	out, err := d.kubectl.run(ctx, "get", "-k", samplesPath, "-o", "json")
	if err != nil {
		return nil, err
	}
	var list unstructured.UnstructuredList
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return nil, fmt.Errorf("reading what kubectl says about the samples: %w", err)
	}
	var found []object
	for _, item := range list.Items {
		if item.GroupVersionKind().Group == v1alpha1.GroupVersion.Group {
			found = append(found, object{item.GroupVersionKind(), client.ObjectKeyFromObject(&item)})
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s has none of our objects", samplesPath)
	}
	return found, nil
}
