// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package projects leads from a MeshProject to a connection with MeshAgent: who can use it, its
// credential, its rate limit, its share of the workers, whether its endpoint answers, and how many
// deletions it allows.
package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Pool opens MeshProjects, and keeps the last good credential of each while the process runs.
type Pool struct {
	// Cache has MeshProjects, and the metadata of Secrets and ConfigMaps. (The manager's client
	// would read these live, each time, because it keeps them out of the cache.)
	Cache client.Reader
	// Live reads Secrets and ConfigMaps, whose data is never cached, and the labels of namespaces
	// from the API server.
	Live client.Reader
	// Namespaces are those that the cache holds. Nil: all.
	Namespaces []string
	// Endpoints are those that MeshProjects may lead to.
	Endpoints Endpoints
	// Options are those of every client; endpoint, key, CAs and limiter are filled in.
	Options meshagent.Options

	mu          sync.Mutex
	open        map[types.NamespacedName]*opened // by MeshProject
	opening     map[types.NamespacedName]*opening
	connections map[identity]*Connection // those that something in open uses
	made        int                      // connections so far
	retired     func(id string)          // called with a connection that no object uses any more
	suspects    chan types.NamespacedName
}

// ForReconcile opens the project that an object refers to, if the object may use it and it is
// Ready.
func (p *Pool) ForReconcile(ctx context.Context, obj v1alpha1.Object) (*Connection, error) {
	project, err := p.Lookup(ctx, obj)
	if err != nil {
		return nil, err
	}
	if err := p.Authorize(ctx, project, obj.GetNamespace()); err != nil {
		return nil, err
	}
	what := Describe(project, obj.GetNamespace())
	ready := meta.FindStatusCondition(project.Status.Conditions, v1alpha1.ConditionReady)
	switch {
	case !project.DeletionTimestamp.IsZero() && obj.CommonStatus().ID == "":
		return nil, verdict.WaitFor(v1alpha1.ReasonProjectNotReady, msgDeleting, what)
	case ready == nil:
		return nil, verdict.WaitAMoment(v1alpha1.ReasonProjectNotReady, msgNotChecked, what)
	case ready.Status != metav1.ConditionTrue:
		return nil, verdict.WaitFor(v1alpha1.ReasonProjectNotReady, msgNotReady, what, ready.Message)
	}
	return p.Open(ctx, project)
}

// ForDeletion opens the project for the deletion of what an object represents. It takes the last
// good credential if there is no other.
func (p *Pool) ForDeletion(ctx context.Context, obj v1alpha1.Object) (*Connection, error) {
	project, err := p.Lookup(ctx, obj)
	if err != nil {
		return nil, err
	}
	if err := p.AuthorizeOnce(ctx, project, obj); err != nil {
		return nil, err
	}
	connection, err := p.connection(ctx, project)
	if last := p.lastGood(project); err != nil && last != nil {
		connection, err = last, nil
	}
	return connection.enter(ctx, err)
}

// Lookup reads the MeshProject that an object refers to.
func (p *Pool) Lookup(ctx context.Context, obj v1alpha1.Object) (*v1alpha1.MeshProject, error) {
	key := ProjectKey(obj)
	if p.Namespaces != nil && !slices.Contains(p.Namespaces, key.Namespace) {
		return nil, verdict.Refuse(v1alpha1.ReasonProjectNotFound, msgNotWatched, key.Name, key.Namespace)
	}
	var project v1alpha1.MeshProject
	err := p.Cache.Get(ctx, key, &project)
	if apierrors.IsNotFound(err) {
		return nil, verdict.WaitFor(v1alpha1.ReasonProjectNotFound, msgNoProject, key.Name, key.Namespace)
	}
	if err != nil {
		return nil, fmt.Errorf("reading MeshProject %q: %w", key, err)
	}
	return &project, nil
}

// ProjectKey names the MeshProject that an object refers to.
func ProjectKey(obj v1alpha1.Object) types.NamespacedName {
	ref := obj.CommonSpec().ProjectRef
	key := types.NamespacedName{Namespace: ref.Namespace, Name: string(ref.Name)}
	if key.Namespace == "" {
		key.Namespace = obj.GetNamespace()
	}
	if key.Name == "" {
		key.Name = v1alpha1.DefaultProject
	}
	return key
}

// Describe names a MeshProject for people in a namespace.
func Describe(project *v1alpha1.MeshProject, from string) string {
	if project.Namespace == from {
		return fmt.Sprintf("MeshProject %q", project.Name)
	}
	return fmt.Sprintf("MeshProject %q in namespace %q", project.Name, project.Namespace)
}

// Open opens a MeshProject, unless its endpoint does not answer.
func (p *Pool) Open(ctx context.Context, project *v1alpha1.MeshProject) (*Connection, error) {
	connection, err := p.connection(ctx, project)
	return connection.enter(ctx, err)
}

// enter begins a pass, unless there is an error already.
func (c *Connection) enter(ctx context.Context, err error) (*Connection, error) {
	if err == nil {
		err = c.circuit.enter(ctx)
	}
	if err != nil {
		return nil, err
	}
	return c, nil
}

// connection is that of a MeshProject. Its Secret and its ConfigMap are read only when they, or
// what matters of the spec, are others than last time.
func (p *Pool) connection(ctx context.Context, project *v1alpha1.MeshProject) (*Connection, error) {
	if err := p.permit(project); err != nil {
		return nil, err
	}
	from, err := p.inputsOf(ctx, project)
	if err != nil {
		return nil, err
	}
	return p.openOnce(ctx, project, from)
}

// secretVersion is the version of the API key's Secret.
func (p *Pool) secretVersion(ctx context.Context, project *v1alpha1.MeshProject) (string, error) {
	name := string(project.Spec.APIKeySecretRef.Name)
	version, err := p.versionOf(ctx, "Secret", types.NamespacedName{Namespace: project.Namespace, Name: name})
	if apierrors.IsNotFound(err) {
		return "", secretNotFound(name, project.Namespace)
	}
	return version, err
}

// versionOf is the version of a Secret or a ConfigMap, from the cache of metadata.
func (p *Pool) versionOf(ctx context.Context, kind string, name types.NamespacedName) (string, error) {
	found := metav1.PartialObjectMetadata{}
	found.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind(kind))
	if err := p.Cache.Get(ctx, name, &found); err != nil {
		return "", fmt.Errorf("reading the metadata of %s %q: %w", kind, name.Name, err)
	}
	return string(found.UID) + "/" + found.ResourceVersion, nil
}

func secretNotFound(name, namespace string) error {
	return verdict.WaitFor(v1alpha1.ReasonSecretNotFound, msgNoSecret, name, namespace)
}

// readKey reads the API key from its Secret. No error repeats any part of it.
func (p *Pool) readKey(ctx context.Context, project *v1alpha1.MeshProject) (meshagent.APIKey, error) {
	ref := project.Spec.APIKeySecretRef
	name, field := string(ref.Name), ref.Key
	if field == "" {
		field = v1alpha1.DefaultAPIKeyKey
	}
	var secret corev1.Secret
	err := p.Live.Get(ctx, types.NamespacedName{Namespace: project.Namespace, Name: name}, &secret)
	if apierrors.IsNotFound(err) {
		return meshagent.APIKey{}, secretNotFound(name, project.Namespace)
	}
	if err != nil {
		return meshagent.APIKey{}, fmt.Errorf("reading Secret %q: %w", ref.Name, err)
	}
	value, ok := secret.Data[field]
	if !ok || len(value) == 0 {
		return meshagent.APIKey{}, verdict.Refuse(v1alpha1.ReasonInvalidAPIKey, msgNoKey, ref.Name, field)
	}
	key, err := meshagent.ParseAPIKey(strings.TrimSpace(string(value)))
	if err != nil {
		return meshagent.APIKey{}, verdict.Refuse(v1alpha1.ReasonInvalidAPIKey, msgNoAPIKey, field, ref.Name, err)
	}
	if want := project.Spec.ProjectID; want != "" && meshagent.CanonicalID(want) != key.ProjectID {
		return meshagent.APIKey{}, verdict.Refuse(v1alpha1.ReasonInvalidAPIKey, msgOtherProject, ref.Name, key.ProjectID, want)
	}
	return key, nil
}

// RequestCheck has the credential of an object's project checked now: MeshAgent has just refused
// it. One check speaks for all objects.
func (p *Pool) RequestCheck(obj v1alpha1.Object) { p.suspect(ProjectKey(obj)) }

func (p *Pool) suspect(name types.NamespacedName) {
	select {
	case p.RequestedChecks() <- name:
	default: // enough are waiting to be checked
	}
}

// RequestedChecks are the MeshProjects to check.
func (p *Pool) RequestedChecks() chan types.NamespacedName {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.suspects == nil {
		p.suspects = make(chan types.NamespacedName, 64)
	}
	return p.suspects
}
