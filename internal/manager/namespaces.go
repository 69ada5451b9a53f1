// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
)

const (
	// grantDelay is how long the roles of a new installation may take to have an effect.
	grantDelay = 5 * time.Second
	// lookAgain is how often namespaces that could not be read are tried again.
	lookAgain = time.Minute
)

// errReadable ends a process that left a namespace out which can be read now: a cache takes no
// namespaces in while it runs.
var errReadable = errors.New("can be read now: the operator must be restarted to watch it")

// watched are the namespaces of --watch-namespaces. A namespace whose team has deleted it, and the
// Role in it, must not stop the work in all others, as it would in the manager's cache.
type watched struct {
	reader     client.Reader
	kinds      []schema.GroupVersionKind // all that is listed and watched
	namespaces []string
}

func newWatched(reader client.Reader, kinds []schema.GroupVersionKind, namespaces []string) watched {
	kinds = append(slices.Clone(kinds), corev1.SchemeGroupVersion.WithKind("Secret"), corev1.SchemeGroupVersion.WithKind("ConfigMap"))
	return watched{reader: reader, kinds: kinds, namespaces: namespaces}
}

// split tells the namespaces that can be read from those that can't, with the reason. It is an
// error if there are none of the former.
func (w watched) split(ctx context.Context) (readable []string, unreadable map[string]error, err error) {
	for began := time.Now(); ; {
		readable, unreadable, err = w.try(ctx)
		if err != nil || len(unreadable) == 0 || time.Since(began) >= grantDelay {
			break
		}
		select {
		case <-ctx.Done():
			return nil, nil, context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
	if err == nil && len(readable) == 0 {
		why := unreadable[slices.Min(slices.Collect(maps.Keys(unreadable)))]
		err = fmt.Errorf("none of the namespaces in --watch-namespaces (%s) can be read: %w", strings.Join(w.namespaces, ", "), why)
	}
	return readable, unreadable, err
}

// leaveOut reports the namespaces that are left out.
func leaveOut(unreadable map[string]error) {
	for namespace, why := range unreadable {
		ctrl.Log.Error(why, "Left out namespace", "namespace", namespace,
			"advice", "Grant the operator its Role in the namespace, or remove the namespace from --watch-namespaces")
		engine.NamespacesLeftOut.WithLabelValues(namespace).Set(1)
	}
}

// await returns an error as soon as one of the namespaces can be read.
func (w watched) await(ctx context.Context) error {
	for len(w.namespaces) > 0 {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookAgain):
		}
		readable, _, err := w.try(ctx)
		switch {
		case err != nil:
			ctrl.Log.Error(err, "Failed to check the namespaces that are left out")
		case len(readable) > 0:
			return fmt.Errorf("namespace %q %w", readable[0], errReadable)
		}
	}
	return nil
}

// try reads a little of everything in each namespace.
func (w watched) try(ctx context.Context) (readable []string, unreadable map[string]error, err error) {
	outcomes := make([]error, len(w.namespaces))
	var reading sync.WaitGroup
	for i, namespace := range w.namespaces {
		reading.Go(func() { outcomes[i] = w.read(ctx, namespace) })
	}
	reading.Wait()
	unreadable = map[string]error{}
	for i, namespace := range w.namespaces {
		switch {
		case outcomes[i] == nil:
			readable = append(readable, namespace)
		case apierrors.IsForbidden(outcomes[i]):
			unreadable[namespace] = outcomes[i]
		default:
			return nil, nil, outcomes[i]
		}
	}
	return readable, unreadable, nil
}

func (w watched) read(ctx context.Context, namespace string) error {
	for _, kind := range w.kinds {
		var list metav1.PartialObjectMetadataList
		list.SetGroupVersionKind(kind)
		err := w.reader.List(ctx, &list, client.InNamespace(namespace), client.Limit(1))
		if err != nil && !meta.IsNoMatchError(err) { // CustomResourceDefinitions that are missing are another matter
			return fmt.Errorf("reading objects of kind %s in namespace %q: %w", kind.Kind, namespace, err)
		}
	}
	return nil
}

// chooseNamespaces tells the namespaces to watch, nil for all, from those that are left out.
func chooseNamespaces(ctx context.Context, restConfig *rest.Config, scheme *runtime.Scheme, wanted []string) ([]string, watched, error) {
	if wanted == nil {
		return nil, watched{}, nil
	}
	reader, err := client.New(restConfig, client.Options{Scheme: scheme})
	if err != nil {
		return nil, watched{}, fmt.Errorf("making a client: %w", err)
	}
	all := newWatched(reader, Kinds(scheme), wanted)
	readable, unreadable, err := all.split(ctx)
	if err != nil {
		return nil, watched{}, err
	}
	leaveOut(unreadable)
	all.namespaces = slices.Sorted(maps.Keys(unreadable))
	return readable, all, nil
}

// Kinds are ours, in the order of their names.
func Kinds(scheme *runtime.Scheme) []schema.GroupVersionKind {
	var ours []schema.GroupVersionKind
	for name, kind := range scheme.KnownTypes(v1alpha1.GroupVersion) {
		if reflect.PointerTo(kind).Implements(reflect.TypeFor[client.Object]()) {
			ours = append(ours, v1alpha1.GroupVersion.WithKind(name))
		}
	}
	slices.SortFunc(ours, func(a, b schema.GroupVersionKind) int { return strings.Compare(a.Kind, b.Kind) })
	return ours
}
