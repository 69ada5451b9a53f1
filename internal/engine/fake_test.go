// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/events"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // a test of the engine needs a kind
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// home is the namespace of everything in a stage, unless a test says otherwise.
const home = "a"

// stage is where passes are made one by one, in a bubble of time: a client in memory in place of an
// API server, and a simulated MeshAgent.
type stage struct {
	*testing.T
	client.Client
	meshagent *simulator.Simulator
	// status, if set, is asked before a status is written. Its error is that of a process that
	// dies.
	status func(client.Object) error

	env         *engine.Environment
	reconcilers map[string]reconcile.Reconciler
}

var errKilled = errors.New("killed")

func newStage(t *testing.T, behavior simulator.Behavior, objects ...client.Object) *stage {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	project := &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: home, Name: v1alpha1.DefaultProject, UID: "project"}}
	project.Spec.APIKeySecretRef.Name = "key"
	project.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonAvailable}}
	objects = append(objects, project, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: home, Finalizers: []string{"kubernetes"}}}, secret("key", simulator.DevelopmentKey))
	s := &stage{T: t, meshagent: simulator.New(simulator.WithLatency(20*time.Millisecond), simulator.WithBehavior(behavior))}
	s.Client = fake.NewClientBuilder().WithScheme(scheme).WithObjects(objects...).
		WithStatusSubresource(&v1alpha1.MeshProject{}, &v1alpha1.MeshRoom{}, &v1alpha1.MeshFeed{}, &v1alpha1.MeshSecret{}, &v1alpha1.MeshService{}, &v1alpha1.MeshRoomGrant{}).
		WithIndex(&v1alpha1.MeshSecret{}, engine.ResourceIndex, engine.ResourceKeys).
		WithIndex(&v1alpha1.MeshRoomGrant{}, engine.ResourceIndex, engine.ResourceKeys).
		WithInterceptorFuncs(interceptor.Funcs{SubResourcePatch: func(
			ctx context.Context, c client.Client, sub string, obj client.Object, patch client.Patch, opts ...client.SubResourcePatchOption,
		) error {
			if s.status != nil {
				if err := s.status(obj); err != nil {
					return err
				}
			}
			return c.SubResource(sub).Patch(ctx, obj, patch, opts...) //nolint:wrapcheck // it stands in for the client
		}}).Build()
	s.restart()
	return s
}

// secret is a Secret with the same value under each key that anyone reads.
func secret(name, value string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: named(name), Data: map[string][]byte{v1alpha1.DefaultAPIKeyKey: []byte(value)}}
}

func named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: home, Name: name, UID: types.UID(name + "-uid"), Generation: 1}
}

// restart has a new process continue.
func (s *stage) restart() {
	s.env = &engine.Environment{
		Client: s, Live: s, Recorder: &events.FakeRecorder{}, OwnerID: "cluster-1", DriftInterval: interval,
		Projects: &projects.Pool{Cache: s, Live: s, Endpoints: projects.AllEndpoints, Options: meshagent.Options{Transport: s.meshagent}},
	}
	s.reconcilers = map[string]reconcile.Reconciler{
		"MeshRoom": controller.Room.Reconciler(s.env), "MeshFeed": controller.Feed.Reconciler(s.env),
		"MeshSecret": controller.Secret.Reconciler(s.env), "MeshService": controller.Service.Reconciler(s.env),
		"MeshRoomGrant": controller.RoomGrant.Reconciler(s.env),
	}
}

// pass makes one pass over an object, with the others that it asks for within a second, and reads
// what is there afterwards.
func (s *stage) pass(obj v1alpha1.Object) (reconcile.Result, error) {
	s.Helper()
	key := client.ObjectKeyFromObject(obj)
	kind, err := s.GroupVersionKindFor(obj)
	if err != nil {
		s.Fatal(err)
	}
	result, passErr := s.reconcilers[kind.Kind].Reconcile(s.Context(), reconcile.Request{NamespacedName: key})
	for again := 0; again < 3 && passErr == nil && 0 < result.RequeueAfter && result.RequeueAfter <= time.Second; again++ {
		time.Sleep(result.RequeueAfter) //nolint:forbidigo // the clock is a fake one
		result, passErr = s.reconcilers[kind.Kind].Reconcile(s.Context(), reconcile.Request{NamespacedName: key})
	}
	if err := s.Get(s.Context(), key, obj); client.IgnoreNotFound(err) != nil {
		s.Fatal(err)
	}
	return result, passErr
}

// checkProject makes one pass over a MeshProject, and reads what is there afterwards.
func (s *stage) checkProject(project *v1alpha1.MeshProject) {
	s.Helper()
	key := client.ObjectKeyFromObject(project)
	if _, err := engine.ProjectReconciler(s.env).Reconcile(s.Context(), reconcile.Request{NamespacedName: key}); err != nil {
		s.Fatal(err)
	}
	if err := s.Get(s.Context(), key, project); err != nil {
		s.Fatal(err)
	}
}

// edit changes an object as a user does.
func (s *stage) edit(obj client.Object, change func()) {
	s.Helper()
	if err := s.Get(s.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
		s.Fatal(err)
	}
	obj.SetGeneration(obj.GetGeneration() + 1)
	change()
	if err := s.Update(s.Context(), obj); err != nil {
		s.Fatal(err)
	}
}

func (s *stage) delete(obj client.Object) {
	s.Helper()
	if err := s.Delete(s.Context(), obj); err != nil {
		s.Fatal(err)
	}
}

// gone says that an object is gone.
func (s *stage) gone(obj client.Object) bool {
	return s.Get(s.Context(), client.ObjectKeyFromObject(obj), obj) != nil
}

// mustHold checks how many resources of a collection there are in MeshAgent.
func (s *stage) mustHold(collection string, want int) {
	s.Helper()
	if held := s.meshagent.Documents(collection); len(held) != want {
		s.Fatalf("MeshAgent holds %d %s, not %d: %v", len(held), collection, want, held)
	}
}

// mustSay checks a condition: "Synced=False Unavailable".
func (s *stage) mustSay(obj v1alpha1.Object, want string) {
	s.Helper()
	all := ""
	for _, c := range obj.CommonStatus().Conditions {
		said := fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason)
		if said == want {
			return
		}
		all += fmt.Sprintf("%s (generation %d): %s\n", said, c.ObservedGeneration, c.Message)
	}
	s.Fatalf("not %s, but:\n%s", want, all)
}

// create creates an object as a user does.
func (s *stage) create(obj client.Object) {
	s.Helper()
	obj.SetResourceVersion("")
	if err := s.Create(s.Context(), obj); err != nil {
		s.Fatal(err)
	}
}
