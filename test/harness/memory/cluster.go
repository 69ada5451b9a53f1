// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

const (
	// Namespace is the namespace of all objects.
	Namespace = "a"
	// DriftInterval is the drift interval of the operator.
	DriftInterval = 10 * time.Minute
	// OwnMark is the prefix of the annotations in which the operator records the owner of a
	// resource.
	OwnMark = "meshagent.com/"
	// holdsAPIKey is the name of the Secret with the API key.
	holdsAPIKey = "meshagent-api-key" //nolint:gosec // a name
)

// Cluster is a cluster with an operator for all kinds, and a MeshAgent. It reports failed checks to
// the test that it is embedded in.
type Cluster struct {
	testing.TB
	Client    client.Client
	MeshAgent *simulator.Simulator
	Env       *engine.Environment

	owner   string
	server  *apiServer
	kinds   []engine.Driver
	known   map[objectKey]known
	process *process

	// State of the process:
	controllers map[string]kindController
	backoff     workqueue.TypedRateLimiter[reconcile.Request]
	due         map[string]time.Time // when to reconcile each object
}

// kindController is what the process runs for a kind.
type kindController struct {
	passes reconcile.Reconciler
	gone   handler.EventHandler
}

// New returns a cluster with a MeshAgent of its own.
func New(tb testing.TB, behavior simulator.Behavior) *Cluster {
	tb.Helper()
	return NewCluster(tb, "cluster-1", simulator.New(simulator.WithLatency(20*time.Millisecond), simulator.WithBehavior(behavior)))
}

// NewCluster returns a cluster whose operator has an owner id. Its MeshAgent can be shared. The
// MeshProject is Ready.
func NewCluster(tb testing.TB, owner string, remote *simulator.Simulator) *Cluster {
	tb.Helper()
	c := NewEmptyCluster(tb, owner, remote)
	project := Project()
	project.Spec.APIKeySecretRef.Name = holdsAPIKey
	c.Apply(project)
	c.Run(time.Second)
	return c
}

// NewEmptyCluster returns a cluster without a MeshProject.
func NewEmptyCluster(tb testing.TB, owner string, remote *simulator.Simulator) *Cluster {
	tb.Helper()
	c := &Cluster{TB: tb, MeshAgent: remote, owner: owner, server: newAPIServer(samples.Scheme()), known: map[objectKey]known{}}
	c.Client = apiClient{server: c.server}
	for _, one := range controller.All {
		kind, ok := one.(engine.Driver)
		if !ok {
			tb.Fatalf("%T cannot be driven without a manager", one)
		}
		c.kinds = append(c.kinds, kind)
	}
	c.Restart()
	c.Create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: Namespace, Finalizers: []string{"kubernetes"}}})
	c.Create(Secret(holdsAPIKey, simulator.DevelopmentKey))
	return c
}

// Project returns the MeshProject that all objects use. It has what requests need to name it.
func Project() *v1alpha1.MeshProject {
	return &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{Namespace: Namespace, Name: v1alpha1.DefaultProject}}
}

// Secret returns a Secret with a value under the key that MeshProjects read.
func Secret(name, value string) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: Namespace, Name: name},
		Data:       map[string][]byte{v1alpha1.DefaultAPIKeyKey: []byte(value)},
	}
}

// Restart replaces the operator's process by a new one without memory.
func (c *Cluster) Restart() { c.RestartWatched(nil) }

// RestartWatched is Restart with a function that sees each moment of the new process, and can Kill
// it.
func (c *Cluster) RestartWatched(watch func(Moment)) {
	c.Kill()
	p := newProcess(c.Context(), c.server, c.MeshAgent)
	p.watch = watch
	own := apiClient{server: c.server, process: p}
	c.process, c.Env = p, &engine.Environment{
		Client: own, Live: own, Recorder: &recorder{cluster: c}, OwnerID: c.owner, DriftInterval: DriftInterval,
		Projects: &projects.Pool{Cache: own, Live: own, Endpoints: projects.AllEndpoints, Options: meshagent.Options{Transport: p}},
	}
	c.controllers, c.due, c.backoff = map[string]kindController{}, map[string]time.Time{}, projects.Backoff()
	for _, kind := range c.kinds {
		like := kind.NewObject()
		kind.Index(c.Env, func(name string, values client.IndexerFunc) {
			if err := c.server.index(like, name, values); err != nil {
				c.Fatal(err)
			}
		})
		made := kindController{}
		made.passes, made.gone = kind.Drive(c.Env)
		c.controllers[c.KindOf(like)] = made
	}
	for key := range c.known {
		c.reconcileNow(key)
	}
}

// Kill ends the operator's process as by SIGKILL. It can be called from within a moment.
func (c *Cluster) Kill() {
	if c.process != nil {
		c.process.kill()
	}
}

// IsKilled is true if the operator's process was killed and not restarted.
func (c *Cluster) IsKilled() bool { return c.process.dead.Load() }

// KindOf returns the kind of an object, such as MeshRoom.
func (c *Cluster) KindOf(obj client.Object) string {
	gvk, err := c.Client.GroupVersionKindFor(obj)
	if err != nil {
		c.Fatal(err)
	}
	return gvk.Kind
}

// Create creates an object of any kind.
func (c *Cluster) Create(obj client.Object) {
	c.Helper()
	obj.SetResourceVersion("")
	if err := c.Client.Create(c.Context(), obj); err != nil {
		c.Fatal(err)
	}
}

// Apply creates an object in the namespace.
func (c *Cluster) Apply(obj client.Object) {
	c.Helper()
	obj.SetNamespace(Namespace)
	c.Create(obj)
}

// ApplyNeeds applies the objects that a sample refers to, and waits until they are Ready. prepare
// can change the objects before, unless it is nil.
func (c *Cluster) ApplyNeeds(s samples.Sample, prepare func(v1alpha1.Object)) {
	c.Helper()
	var ours []v1alpha1.Object
	for _, need := range s.Needs() {
		obj := need.Object()
		if own, ok := obj.(v1alpha1.Object); ok {
			ours = append(ours, own)
			if prepare != nil {
				prepare(own)
			}
		}
		c.Apply(obj)
	}
	c.Run(time.Minute)
	for _, obj := range ours {
		// Objects that refer to it do not need it in sync.
		if got := c.Condition(obj, v1alpha1.ConditionReady); got != "Ready=True Available" {
			c.Fatalf("%s %s is not Ready:%s", c.KindOf(obj), obj.GetName(), c.Describe(obj))
		}
	}
}

// Patch changes an object with a merge patch, as a user does.
func (c *Cluster) Patch(obj client.Object, patch string) {
	c.Helper()
	if err := c.Client.Patch(c.Context(), obj, client.RawPatch(types.MergePatchType, []byte(patch))); err != nil {
		c.Fatal(err)
	}
}

// Delete deletes an object as a user does.
func (c *Cluster) Delete(obj client.Object) {
	c.Helper()
	if err := c.Client.Delete(c.Context(), obj); err != nil {
		c.Fatal(err)
	}
}
