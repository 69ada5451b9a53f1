// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// usesIndex finds the objects that use another one of their namespace, as Kind/name: because they
// refer to it, or read it.
const usesIndex = "meshagent.com/uses"

func usesKey(like client.Object, name string) string { return kindOf(like) + "/" + name }

// uses are the values under which an object is indexed.
func (k *kind) uses(obj client.Object) (keys []string) {
	typed, ok := obj.(v1alpha1.Object)
	if !ok {
		return nil
	}
	for _, reference := range k.references {
		for _, ref := range reference.of(typed) {
			if ref.Name != "" {
				keys = append(keys, usesKey(reference.target, string(ref.Name)))
			}
		}
	}
	for _, source := range k.sources {
		for _, name := range source.names(typed) {
			keys = append(keys, usesKey(source.like, name))
		}
	}
	return keys
}

// watchUses adds the index, and a watch for each kind of what is used. A changed Secret is
// something that a user wants to see in MeshAgent now.
func (k *kind) watchUses(mgr manager.Manager, env *Environment, b *builder.Builder) (*builder.Builder, error) {
	if len(k.references)+len(k.sources) == 0 {
		return b, nil
	}
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), k.like, usesIndex, k.uses); err != nil {
		return nil, fmt.Errorf("indexing what %s uses: %w", kindOf(k.like), err)
	}
	watched := map[string]bool{}
	users := func(like client.Object) finder {
		watched[kindOf(like)] = true
		return env.having(k.like, usesIndex, func(changed client.Object) string { return usesKey(like, changed.GetName()) }, inNamespaceOf)
	}
	for _, reference := range k.references {
		if target := reference.target; !watched[reference.kind] {
			b = b.Watches(target, enqueue(projects.RetryPriority, users(target)), builder.WithPredicates(mattersToUsers()))
		}
	}
	for _, source := range k.sources {
		if like := source.like; !watched[kindOf(like)] {
			b = b.WatchesMetadata(like, enqueue(0, env.timing(kindOf(k.like)).sourceChanged(users(like))))
		}
	}
	return b, nil
}
