// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/google/uuid"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// newAPIServer is a client whose memory behaves as an API server does in what the engine relies on:
// UIDs, generations that grow with the spec and with nothing else, status as a subresource,
// versions, finalizers. changed is called after each write.
func newAPIServer(kinds []engine.Driver, changed func()) client.WithWatch {
	builder := fake.NewClientBuilder().WithScheme(samples.Scheme())
	for _, kind := range kinds {
		obj := kind.NewObject()
		builder = builder.WithStatusSubresource(obj)
		kind.Index(&engine.Environment{}, func(index string, values client.IndexerFunc) { builder = builder.WithIndex(obj, index, values) })
	}
	return builder.WithInterceptorFuncs(interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, obj client.Object, opts ...client.CreateOption) error {
			defer changed()
			complete(obj)
			return c.Create(ctx, obj, opts...) //nolint:wrapcheck // the caller expects the client's own error
		},
		Update: func(ctx context.Context, c client.WithWatch, obj client.Object, opts ...client.UpdateOption) error {
			defer changed()
			before, err := stored(ctx, c, obj)
			if err != nil {
				return err
			}
			obj.SetGeneration(generation(before, obj))
			return c.Update(ctx, obj, opts...) //nolint:wrapcheck // the caller expects the client's own error
		},
		Patch: func(ctx context.Context, c client.WithWatch, obj client.Object, patch client.Patch, opts ...client.PatchOption) error {
			defer changed()
			before, err := stored(ctx, c, obj)
			if err != nil {
				return err
			}
			if err := c.Patch(ctx, obj, patch, opts...); err != nil {
				return err //nolint:wrapcheck // the caller expects the client's own error
			}
			if next := generation(before, obj); next != before.GetGeneration() {
				obj.SetGeneration(next)
				return c.Update(ctx, obj) //nolint:wrapcheck // the caller expects the client's own error
			}
			return nil
		},
		Delete: func(ctx context.Context, c client.WithWatch, obj client.Object, opts ...client.DeleteOption) error {
			defer changed()
			return c.Delete(ctx, obj, opts...) //nolint:wrapcheck // the caller expects the client's own error
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, obj client.Object, patch client.Patch, opts ...client.SubResourcePatchOption) error {
			defer changed()
			return c.SubResource(sub).Patch(ctx, obj, patch, opts...) //nolint:wrapcheck // the caller expects the client's own error
		},
	}).Build()
}

// complete fills in what an API server fills in: status is not taken from the request that creates
// an object.
func complete(obj client.Object) {
	// What is stored is what was decoded: 1.0 is 1, for example.
	decoded, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	utilruntime.Must(err)
	utilruntime.Must(runtime.DefaultUnstructuredConverter.FromUnstructured(decoded, obj))
	obj.SetUID(newUID())
	obj.SetGeneration(1)
	obj.SetCreationTimestamp(metav1.NewTime(time.Now()))
	if status := reflect.ValueOf(obj).Elem().FieldByName("Status"); status.IsValid() {
		status.SetZero()
		if observed := status.FieldByName("ObservedGeneration"); observed.IsValid() {
			observed.SetInt(-1) // the default of our own kinds
		}
	}
	if secret, ok := obj.(*corev1.Secret); ok {
		for name, value := range secret.StringData {
			if secret.Data == nil {
				secret.Data = map[string][]byte{}
			}
			secret.Data[name] = []byte(value)
		}
		secret.StringData = nil
	}
}

func stored(ctx context.Context, c client.Client, obj client.Object) (client.Object, error) {
	before := obj.DeepCopyObject().(client.Object)
	return before, c.Get(ctx, client.ObjectKeyFromObject(obj), before)
}

// generation is that of an object after a write.
func generation(before, after client.Object) int64 {
	if string(specOf(before)) == string(specOf(after)) {
		return before.GetGeneration()
	}
	return before.GetGeneration() + 1
}

func specOf(obj client.Object) json.RawMessage {
	text, err := json.Marshal(obj)
	if err != nil {
		panic(err)
	}
	var parts struct{ Spec json.RawMessage }
	if err := json.Unmarshal(text, &parts); err != nil {
		panic(err)
	}
	return parts.Spec
}

func newUID() types.UID { return types.UID(uuid.NewString()) }
