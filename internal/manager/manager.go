// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"context"
	"errors"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

// Manager is a manager of controller-runtime that knows its namespaces, and that starts
// and stops within bounds.
type Manager struct {
	ctrl.Manager

	// Namespaces are those that it watches; nil: all.
	Namespaces []string

	leftOut watched
}

// New returns a manager for the cluster that the flags and the environment name.
func New(ctx context.Context, scheme *runtime.Scheme, opts Options) (*Manager, error) {
	restConfig, err := ctrl.GetConfig()
	if err != nil {
		return nil, fmt.Errorf("finding the cluster: %w", err)
	}
	// The API server's own fairness limits clients better than a fixed rate.
	restConfig.QPS = -1
	withoutProxy(restConfig)
	namespaces, leftOut, err := chooseNamespaces(ctx, restConfig, scheme, opts.namespaces())
	if err != nil {
		return nil, err
	}
	settings := opts.forManager(namespaces)
	settings.Scheme = scheme
	mgr, err := ctrl.NewManager(restConfig, settings)
	if err != nil {
		return nil, fmt.Errorf("making the manager: %w", err)
	}
	return &Manager{Manager: mgr, Namespaces: namespaces, leftOut: leftOut}, nil
}

// OwnerID returns the id that was given, or that of the cluster.
func (m *Manager) OwnerID(ctx context.Context, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	var namespace corev1.Namespace
	if err := m.GetAPIReader().Get(ctx, types.NamespacedName{Name: "kube-system"}, &namespace); err != nil {
		return "", fmt.Errorf("reading the UID of the namespace kube-system (set --owner-id if it may not be read): %w", err)
	}
	return string(namespace.UID), nil
}

// Run runs the manager until ctx ends. It adds the probes, which follow the caches, and the
// watch over namespaces that were left out.
func (m *Manager) Run(ctx context.Context) error {
	filled := make(chan struct{})
	err := errors.Join(
		m.AddHealthzCheck("healthz", healthz.Ping),
		m.AddReadyzCheck("readyz", ready(filled, m.GetCache())),
		m.Add(always(func(context.Context) error { close(filled); return nil })),
		m.Add(always(m.leftOut.await)),
	)
	if err != nil {
		return fmt.Errorf("setting up the manager: %w", err)
	}
	if err := start(ctx, m.Manager, filled); err != nil {
		return fmt.Errorf("running: %w", err)
	}
	return nil
}
