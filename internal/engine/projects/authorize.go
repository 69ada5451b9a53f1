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
	if namespace == project.Namespace {
		return nil
	}
	refusal := verdict.Refuse(v1alpha1.ReasonProjectNotAllowed, msgNotAllowed, Describe(project, namespace), namespace)
	allowed := project.Spec.AllowedNamespaces
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
		return verdict.Refuse(v1alpha1.ReasonProjectNotAllowed, msgBadSelector, Describe(project, namespace), err)
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
