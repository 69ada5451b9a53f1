// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

const (
	// patience is how long anything may take that is waited for. It is generous: the machine may be slow, and busy.
	patience = 2 * time.Minute
	// pace is how often it is looked at.
	pace = 100 * time.Millisecond
)

// object names a custom resource.
type object struct {
	kind schema.GroupVersionKind
	key  client.ObjectKey
}

// String is the object as kubectl takes it.
func (o object) String() string { return strings.ToLower(o.kind.Kind) + "/" + o.key.Name }

// command returns the arguments for a kubectl command on the object.
func (o object) command(words ...string) []string {
	words = append(words, o.String())
	if o.key.Namespace != metav1.NamespaceDefault {
		words = append(words, "-n", o.key.Namespace)
	}
	return words
}

// read returns the object as it is now, with its status.
func (d *demo) read(ctx context.Context, o object) (*unstructured.Unstructured, v1alpha1.CommonStatus, error) {
	var obj unstructured.Unstructured
	var status v1alpha1.CommonStatus
	obj.SetGroupVersionKind(o.kind)
	if err := d.cluster.Get(ctx, o.key, &obj); err != nil {
		return nil, status, err
	}
	content, _, err := unstructured.NestedMap(obj.Object, "status")
	if err != nil {
		return nil, status, err
	}
	return &obj, status, runtime.DefaultUnstructuredConverter.FromUnstructured(content, &status)
}

// await polls until nothing is missing. It gives up when its patience ends, or at once when the operator has ended.
func (d *demo) await(ctx context.Context, missing func(context.Context) string) error {
	var last string
	err := wait.PollUntilContextTimeout(ctx, pace, patience, true, func(ctx context.Context) (bool, error) {
		if d.operator != nil {
			if err := d.operator.Failure(); err != nil {
				return false, err
			}
		}
		last = missing(ctx)
		d.wait(last)
		return last == "", nil
	})
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("gave up after %s: %s", patience, last)
	}
	return err
}

// awaitReady waits until MeshAgent holds what the objects say now.
func (d *demo) awaitReady(ctx context.Context, objects ...object) error {
	return d.await(ctx, func(ctx context.Context) string {
		first, others := "", 0
		for _, o := range objects {
			switch problem := d.problem(ctx, o); {
			case problem == "":
			case first == "":
				first = o.String() + " " + problem
			default:
				others++
			}
		}
		if others > 0 {
			first += fmt.Sprintf("; and %d others", others)
		}
		return first
	})
}

// problem says why an object is not Ready and Synced, or "".
func (d *demo) problem(ctx context.Context, o object) string {
	obj, status, err := d.read(ctx, o)
	if err != nil {
		return "cannot be read: " + err.Error()
	}
	return problem(obj.GetGeneration(), status)
}

func problem(generation int64, status v1alpha1.CommonStatus) string {
	if status.ObservedGeneration != generation {
		return "has not been looked at yet"
	}
	for _, kind := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced} {
		condition := meta.FindStatusCondition(status.Conditions, kind)
		switch {
		case condition == nil:
			return "does not say whether it is " + kind
		case condition.Status != metav1.ConditionTrue:
			return fmt.Sprintf("is not %s (%s: %s)", kind, condition.Reason, condition.Message)
		case condition.ObservedGeneration != generation:
			return fmt.Sprintf("is %s, but for an earlier spec", kind)
		}
	}
	return ""
}
