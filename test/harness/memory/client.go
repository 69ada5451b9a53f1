// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// apiClient is the client of a process, or that of users if it has none.
type apiClient struct {
	client.Client // nil, so that methods that the operator does not use panic

	server  *apiServer
	process *process
}

func (c apiClient) write(ctx context.Context, verb string, do func() error) error {
	if c.process == nil {
		return do()
	}
	return c.process.around(ctx, verb, "", do)
}

// Scheme returns the types of all objects.
func (c apiClient) Scheme() *runtime.Scheme { return c.server.scheme }

// GroupVersionKindFor returns the kind of an object.
func (c apiClient) GroupVersionKindFor(obj runtime.Object) (schema.GroupVersionKind, error) {
	return apiutil.GVKForObject(obj, c.server.scheme)
}

// Get reads an object.
func (c apiClient) Get(_ context.Context, name client.ObjectKey, obj client.Object, _ ...client.GetOption) error {
	return c.server.get(name, obj)
}

// List reads objects.
func (c apiClient) List(_ context.Context, list client.ObjectList, opts ...client.ListOption) error {
	options := client.ListOptions{}
	options.ApplyOptions(opts)
	return c.server.list(list, options)
}

// Create creates an object.
func (c apiClient) Create(ctx context.Context, obj client.Object, _ ...client.CreateOption) error {
	return c.write(ctx, Create, func() error { return c.server.create(obj) })
}

// Update replaces an object except for its status.
func (c apiClient) Update(ctx context.Context, obj client.Object, _ ...client.UpdateOption) error {
	return c.write(ctx, Update, func() error { return c.server.update(obj, allButStatus) })
}

// Patch changes an object except for its status.
func (c apiClient) Patch(ctx context.Context, obj client.Object, patch client.Patch, _ ...client.PatchOption) error {
	return c.write(ctx, Patch, func() error { return c.server.patch(obj, patch, allButStatus) })
}

// Delete deletes an object.
func (c apiClient) Delete(ctx context.Context, obj client.Object, opts ...client.DeleteOption) error {
	options := client.DeleteOptions{}
	options.ApplyOptions(opts)
	return c.write(ctx, Delete, func() error { return c.server.delete(obj, options) })
}

// Status returns the writer of the status of objects.
func (c apiClient) Status() client.SubResourceWriter {
	return statusWriter{server: c.server, write: c.write}
}

// statusWriter writes the status of objects.
type statusWriter struct {
	client.SubResourceWriter // nil, so that methods that the operator does not use panic

	server *apiServer
	write  func(ctx context.Context, verb string, do func() error) error
}

// Update replaces the status of an object.
func (w statusWriter) Update(ctx context.Context, obj client.Object, _ ...client.SubResourceUpdateOption) error {
	return w.write(ctx, UpdateStatus, func() error { return w.server.update(obj, onlyStatus) })
}

// Patch changes the status of an object.
func (w statusWriter) Patch(ctx context.Context, obj client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
	if len(opts) > 0 {
		return fmt.Errorf("patching a status: options are not supported: %v", opts)
	}
	return w.write(ctx, PatchStatus, func() error { return w.server.patch(obj, patch, onlyStatus) })
}
