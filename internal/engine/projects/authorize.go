// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// AuthorizeOnce checks that an object may be finished with a project: what the project admitted
// before may always be. Everything else, such as an object that was led to another project for its
// deletion, must be admitted now.
func (p *Pool) AuthorizeOnce(ctx context.Context, project *v1alpha1.MeshProject, obj v1alpha1.Object) error {
	if WasAuthorized(project, obj) {
		return nil
	}
	return p.Authorize(ctx, project, obj.GetNamespace())
}

// WasAuthorized says that an object used the project before.
func WasAuthorized(project *v1alpha1.MeshProject, obj v1alpha1.Object) bool {
	return obj.CommonStatus().Project == client.ObjectKeyFromObject(project).String()
}

// Authorize checks that objects of a namespace may use the project.
func (p *Pool) Authorize(ctx context.Context, project *v1alpha1.MeshProject, namespace string) error {
	return p.admit(ctx, project, namespace, rule{
		project.Spec.AllowedNamespaces, "spec.allowedNamespaces",
		verdict.Refuse(v1alpha1.ReasonProjectNotAllowed, msgNotAllowed, Describe(project, namespace), namespace),
	})
}

// AuthorizePrivileged checks that an object which changes the project itself, or hands it out, may
// do so.
func (p *Pool) AuthorizePrivileged(ctx context.Context, obj v1alpha1.Object) error {
	project, err := p.Lookup(ctx, obj)
	if err != nil {
		return err
	}
	namespace := obj.GetNamespace()
	return p.admit(ctx, project, namespace, rule{
		project.Spec.PrivilegedNamespaces, "spec.privilegedNamespaces",
		verdict.Refuse(v1alpha1.ReasonProjectNotAllowed, msgNotPrivileged, Describe(project, namespace), namespace, namespace),
	})
}

// rule says which namespaces are admitted, and what those learn that are not.
type rule struct {
	allowed *v1alpha1.AllowedNamespaces
	field   string
	refusal error
}

func (p *Pool) admit(ctx context.Context, project *v1alpha1.MeshProject, namespace string, by rule) error {
	if namespace == project.Namespace {
		return nil
	}
	allowed, refusal := by.allowed, by.refusal
	switch {
	case allowed == nil:
		return refusal
	case allowed.From == v1alpha1.NamespacesAll:
		return nil
	case allowed.From != v1alpha1.NamespacesSelector:
		return refusal
	}
	selector, err := metav1.LabelSelectorAsSelector(allowed.Selector)
	if err != nil {
		return verdict.Refuse(v1alpha1.ReasonProjectNotAllowed, msgBadSelector, Describe(project, namespace), by.field, err)
	}
	found := metav1.PartialObjectMetadata{}
	found.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	// Live: a cache would have to watch all namespaces of the cluster, which a Role in this one
	// cannot grant.
	if err := p.Live.Get(ctx, types.NamespacedName{Name: namespace}, &found); err != nil {
		return fmt.Errorf("reading the labels of namespace %q: %w", namespace, err)
	}
	if !selector.Matches(labels.Set(found.Labels)) {
		return refusal
	}
	return nil
}
