// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// pool is where MeshProjects are opened.
type pool struct {
	*testing.T
	client.Client
	*Pool
	reads   atomic.Int32 // of Secrets with their data
	retired []string
}

func newPool(t *testing.T) *pool {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	p := &pool{T: t}
	p.Client = fake.NewClientBuilder().WithScheme(scheme).WithInterceptorFuncs(interceptor.Funcs{Get: func(
		ctx context.Context, c client.WithWatch, key client.ObjectKey, obj client.Object, opts ...client.GetOption,
	) error {
		if _, ok := obj.(*corev1.Secret); ok {
			p.reads.Add(1)
			time.Sleep(time.Second) //nolint:forbidigo // synctest makes it pass at once
		}
		return c.Get(ctx, key, obj, opts...) //nolint:wrapcheck // it stands in for the client
	}}).Build()
	p.Pool = &Pool{Cache: p.Client, Live: p.Client, Endpoints: AllEndpoints}
	p.OnRetired(func(id string) { p.retired = append(p.retired, id) })
	return p
}

// project creates a MeshProject in a namespace of its own, with a Secret.
func (p *pool) project(namespace, key string, limit *v1alpha1.RateLimit) *v1alpha1.MeshProject {
	p.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "key"}, Data: map[string][]byte{v1alpha1.DefaultAPIKeyKey: []byte(key)}}
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "default", UID: types.UID(namespace), Generation: 1}}
	project.Spec.APIKeySecretRef.Name, project.Spec.RateLimit = "key", limit
	for _, obj := range []client.Object{secret, project} {
		if err := p.Create(p.Context(), obj); err != nil {
			p.Fatal(err)
		}
	}
	return project
}

func (p *pool) open(project *v1alpha1.MeshProject) *Connection {
	p.Helper()
	connection, err := p.Open(p.Context(), project)
	if err != nil {
		p.Fatal(err)
	}
	return connection
}

// rewrite changes the Secret of a MeshProject.
func (p *pool) rewrite(project *v1alpha1.MeshProject, change func(*corev1.Secret)) {
	p.Helper()
	secret := &corev1.Secret{}
	if err := p.Get(p.Context(), client.ObjectKey{Namespace: project.Namespace, Name: "key"}, secret); err != nil {
		p.Fatal(err)
	}
	change(secret)
	if err := p.Update(p.Context(), secret); err != nil {
		p.Fatal(err)
	}
}

// forged names the id and the project of the key that all use, which can be known.
var forged = strings.TrimSuffix(simulator.DevelopmentKey, simulator.DevelopmentKey[strings.LastIndex(simulator.DevelopmentKey, "-")+1:]) + "forged"

func TestAConnectionOutlivesEditsThatDoNotConcernIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		project := p.project("a", simulator.DevelopmentKey, nil)
		first := p.open(project)
		project.Generation++
		project.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
		if p.open(project) != first || p.reads.Load() != 1 {
			t.Errorf("an edit of allowedNamespaces made a new connection, or had the Secret read: %d times", p.reads.Load())
		}
		p.rewrite(project, func(secret *corev1.Secret) { secret.Labels = map[string]string{"touched": "yes"} })
		if p.open(project) != first || len(p.retired) > 0 {
			t.Error("a label on the Secret made a new connection")
		}
		p.rewrite(project, func(secret *corev1.Secret) { secret.Data[v1alpha1.DefaultAPIKeyKey] = []byte(forged) })
		if second := p.open(project); second.ID == first.ID || len(p.retired) != 1 || p.retired[0] != first.ID || len(p.connections) != 1 {
			t.Errorf("a new key: connection %s after %s, retired %v, known %d", second.ID, first.ID, p.retired, len(p.connections))
		}
	})
}

func TestMeshProjectsWithOneKeyShareAConnection(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		wide := p.project("wide", simulator.DevelopmentKey, &v1alpha1.RateLimit{RequestsPerSecond: 100, Burst: 5})
		narrow := p.project("narrow", simulator.DevelopmentKey, &v1alpha1.RateLimit{RequestsPerSecond: 10, Burst: 7})
		other := p.project("other", forged, &v1alpha1.RateLimit{RequestsPerSecond: 1, Burst: 1})
		for _, order := range [][]*v1alpha1.MeshProject{{wide, narrow, other}, {other, narrow, wide}} {
			for _, project := range order {
				p.open(project)
			}
			if p.open(wide) != p.open(narrow) || p.open(other) == p.open(wide) {
				t.Fatal("a connection is shared by those, and only by those, that have the key")
			}
			if got := p.open(wide).allowed; got != (allowance{10, 5}) {
				t.Errorf("the budget is %v", got)
			}
			p.Forget(narrow.UID)
			if got := p.open(wide).allowed; got != (allowance{100, 5}) {
				t.Errorf("without the other one the budget is %v", got)
			}
			p.Forget(wide.UID)
			p.Forget(other.UID)
			if len(p.connections) != 0 || len(p.Pool.open) != 0 || len(p.opening) != 0 {
				t.Errorf("left: %v", p.connections)
			}
		}
	})
}

// The burst is there from the start.
func TestABudgetIsFullAtFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		project := p.project("a", simulator.DevelopmentKey, &v1alpha1.RateLimit{RequestsPerSecond: 1, Burst: 1000})
		p.open(project)
		if state, ok := p.State(project.UID); !ok || state.Remaining != 1000 {
			t.Errorf("%v requests are left", state.Remaining)
		}
	})
}

func TestAMeshProjectIsOpenedOnceForAllWhoAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		project := p.project("a", simulator.DevelopmentKey, nil)
		var all sync.WaitGroup
		ids := map[string]bool{}
		var mu sync.Mutex
		for range 16 {
			all.Go(func() {
				connection, err := p.Open(t.Context(), project)
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					t.Error(err)
					return
				}
				ids[connection.ID] = true
			})
		}
		all.Wait()
		if len(ids) != 1 || p.reads.Load() != 1 {
			t.Errorf("connections %v, and the Secret was read %d times", ids, p.reads.Load())
		}
	})
}

func TestOpeningIsNotEndedByTheOneWhoAskedFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		project := p.project("a", simulator.DevelopmentKey, nil)
		ctx, cancel := context.WithCancel(t.Context())
		p.Live = canceled{p.Client}
		var first sync.WaitGroup
		first.Go(func() {
			if _, err := p.Open(ctx, project); err == nil {
				t.Error("it was opened by a pass that had ended")
			}
		})
		synctest.Wait()
		first.Go(func() { p.open(project) })
		synctest.Wait()
		cancel()
		first.Wait()
	})
}

// canceled is a client that minds when a pass is ended.
type canceled struct{ client.Reader }

func (c canceled) Get(ctx context.Context, key client.ObjectKey, obj client.Object, opts ...client.GetOption) error {
	err := c.Reader.Get(ctx, key, obj, opts...)
	if ctx.Err() != nil {
		return ctx.Err() //nolint:wrapcheck // it stands in for the client
	}
	return err //nolint:wrapcheck // as above
}

func TestProjectIDsAreComparedAsUUIDs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		project := p.project("a", simulator.DevelopmentKey, nil)
		project.Spec.ProjectID = strings.ToUpper(p.open(project).Project.ID)
		p.open(project)
		project.Spec.ProjectID = "7c9e6679-7425-40de-944b-e07fc1f90ae8"
		if _, err := p.Open(t.Context(), project); err == nil || verdict.Of(err).Reason != v1alpha1.ReasonInvalidAPIKey {
			t.Errorf("the key of another project: %v", err)
		}
	})
}

func TestMeshProjectsThatAreGoneAreForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		var lists listcache.Registry
		project := p.project("a", simulator.DevelopmentKey, nil)
		connection := p.open(project)
		cached := listcache.For[meshagent.RoomSpec, meshagent.Room](&lists, time.Hour)
		rooms := cached.Of(connection.ID, connection.Project.Rooms())
		p.OnRetired(lists.Forget)
		p.Forget(project.UID)
		if len(p.connections) != 0 || len(p.Pool.open) != 0 || cached.Of(connection.ID, connection.Project.Rooms()) == rooms {
			t.Errorf("left: %v, and perhaps the list of rooms", p.connections)
		}
	})
}

func TestWhoseTurnItIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPool(t)
		project := p.project("a", simulator.DevelopmentKey, nil)
		room := &v1alpha1.MeshRoom{ObjectMeta: metav1.ObjectMeta{Namespace: "a"}}
		guest := &v1alpha1.MeshRoom{ObjectMeta: metav1.ObjectMeta{Namespace: "guest"}}
		guest.Spec.ProjectRef.Namespace = "a"
		if got := p.TenantOf(t.Context(), room); got != (TenantID{"a/default", meshagent.DefaultEndpoint}) {
			t.Errorf("before it is opened: %v", got)
		}
		id := TenantID{p.open(project).ID, meshagent.DefaultEndpoint}
		if got := p.TenantOf(t.Context(), room); got != id {
			t.Errorf("got %v, want %v", got, id)
		}
		if got := p.TenantOf(t.Context(), guest); got.name == id.name || got.endpoint == id.endpoint {
			t.Error("what was never admitted stands in the way of those who were")
		}
		guest.Status.Project = "a/default"
		if got := p.TenantOf(t.Context(), guest); got != id {
			t.Errorf("an admitted one: %v", got)
		}
	})
}
