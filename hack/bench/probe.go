// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// often is the interval of polls that measure a time.
const often = 10 * time.Millisecond

// probe watches objects as any client of Kubernetes can do. It notes when it sees that they are
// Ready, and that they are gone.
type probe struct {
	mu      sync.Mutex
	created map[string]time.Time // by kind and name, when the request was sent
	ready   map[string]time.Time
	ids     map[string]string // in MeshAgent
}

func newProbe(ctx context.Context, config *rest.Config, scheme *runtime.Scheme) (*probe, error) {
	p := &probe{created: map[string]time.Time{}, ready: map[string]time.Time{}, ids: map[string]string{}}
	watched, err := cache.New(config, cache.Options{Scheme: scheme, DefaultTransform: cache.TransformStripManagedFields()})
	if err != nil {
		return nil, fmt.Errorf("creating the probe: %w", err)
	}
	for name := range scheme.KnownTypes(v1alpha1.GroupVersion) {
		made, err := scheme.New(v1alpha1.GroupVersion.WithKind(name))
		if err != nil {
			return nil, fmt.Errorf("creating a %s: %w", name, err)
		}
		kind, ok := made.(mirrored)
		if !ok {
			continue // a list, or MeshProject
		}
		informer, err := watched.GetInformer(ctx, kind, cache.BlockUntilSynced(false))
		if err != nil {
			return nil, fmt.Errorf("watching %T: %w", kind, err)
		}
		if _, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
			AddFunc:    p.see,
			UpdateFunc: func(_, now any) { p.see(now) },
			DeleteFunc: p.miss,
		}); err != nil {
			return nil, fmt.Errorf("watching %T: %w", kind, err)
		}
	}
	go func() { _ = watched.Start(ctx) }() // until ctx ends
	if !watched.WaitForCacheSync(ctx) {
		return nil, context.Cause(ctx)
	}
	return p, nil
}

func key(obj client.Object) string { return fmt.Sprintf("%T %s", obj, obj.GetName()) }

// create creates an object, and notes the time.
func (p *probe) create(ctx context.Context, through client.Client, obj client.Object) error {
	p.mu.Lock()
	if _, ok := obj.(mirrored); ok {
		p.created[key(obj)] = time.Now()
	}
	p.mu.Unlock()
	return through.Create(ctx, obj)
}

// mirrored is an object of a measured kind.
type mirrored interface {
	client.Object
	CommonStatus() *v1alpha1.CommonStatus
}

func (p *probe) see(seen any) {
	obj, ok := seen.(mirrored)
	if !ok {
		return
	}
	status := obj.CommonStatus()
	if status.ObservedGeneration != obj.GetGeneration() || !meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
		return
	}
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.ready[key(obj)]; !known {
		p.ready[key(obj)] = now
		p.ids[key(obj)] = status.ID
	}
}

func (p *probe) miss(gone any) {
	if tombstone, ok := gone.(toolscache.DeletedFinalStateUnknown); ok {
		gone = tombstone.Obj
	}
	obj, ok := gone.(client.Object)
	if !ok {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.created, key(obj))
	delete(p.ready, key(obj))
	delete(p.ids, key(obj))
}

// tookUntilReady returns for each kind how long its objects took from their creation until the
// probe saw them Ready.
func (p *probe) tookUntilReady() map[string][]time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	took := map[string][]time.Duration{}
	for key, ready := range p.ready {
		kind, _, _ := strings.Cut(strings.TrimPrefix(key, "*v1alpha1."), " ")
		took[kind] = append(took[kind], ready.Sub(p.created[key]))
	}
	return took
}

// awaitReady waits until every created object is Ready.
func (p *probe) awaitReady(ctx context.Context) error {
	return until(ctx, often, "all objects are Ready", func() (bool, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.ready) == len(p.created), nil
	})
}

// present counts the objects that exist.
func (p *probe) present() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.created)
}

// awaitGone waits until no object is left.
func (p *probe) awaitGone(ctx context.Context) error {
	return until(ctx, often, "all objects are gone", func() (bool, error) {
		return p.present() == 0, nil
	})
}

// one creates an object, and returns how long it took until it was Ready.
func (p *probe) one(ctx context.Context, through client.Client, obj client.Object) (time.Duration, error) {
	if err := p.create(ctx, through, obj); err != nil {
		return 0, fmt.Errorf("creating one more object: %w", err)
	}
	var took time.Duration
	return took, until(ctx, often, obj.GetName()+" is Ready", func() (bool, error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		ready, ok := p.ready[key(obj)]
		took = ready.Sub(p.created[key(obj)])
		return ok, nil
	})
}
