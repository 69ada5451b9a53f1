// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/internal/tracing"
)

// Operator is a running operator. It can be killed as by SIGKILL. After that, it sends nothing
// more.
type Operator struct {
	Dead   atomic.Bool
	Writes atomic.Int64 // to the API server, without events
	cancel context.CancelFunc
	Done   chan struct{}

	observe func(o *Operator, r *http.Request, carriedOut bool)
	Metrics prometheus.Gatherer // its metrics
	Cache   client.Reader

	mu      sync.Mutex
	watches []context.CancelFunc // ends its watches
}

// ShortInterval is the drift interval of operators that must find drift soon.
const ShortInterval = 500 * time.Millisecond

// OperatorOptions configure an operator. The zero value checks for drift once an hour.
type OperatorOptions struct {
	DriftInterval time.Duration
	OwnerID       string
	Namespaces    []string // in addition to the environment's own
	LeaderElect   bool
	Logger        logr.Logger          // unset: the suite's
	Traces        trace.TracerProvider // unset: none
	// Refuse can answer a request to the API server in its place, with a status and a reason.
	Refuse func(r *http.Request) (int, metav1.StatusReason)
	// Intercept wraps the connection between the operator and MeshAgent.
	Intercept func(http.RoundTripper) http.RoundTripper
	// Observe sees every request to MeshAgent and to the API server, before it is sent and again
	// after it was carried out. It can kill the operator.
	Observe func(o *Operator, r *http.Request, carriedOut bool)
}

// StartOperator runs an operator that watches the environment's namespace.
func (w *Env) StartOperator(options OperatorOptions) *Operator {
	GinkgoHelper()
	if options.DriftInterval == 0 {
		options.DriftInterval = time.Hour
	}
	if options.OwnerID == "" {
		options.OwnerID = "cluster-1"
	}
	o := &Operator{Done: make(chan struct{}), observe: options.Observe}
	restConfig := rest.CopyConfig(w.Plane.Config)
	restConfig.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return o.killable(o.breakable(refusing(next, options.Refuse)), true)
	})
	wire := w.Transport()
	if options.Intercept != nil {
		wire = options.Intercept(wire)
	}
	namespaces := append([]string{w.Namespace}, options.Namespaces...)
	mgr, err := ctrl.NewManager(restConfig, ctrl.Options{
		Scheme:                  Scheme,
		Logger:                  options.Logger,
		MapperProvider:          func(*rest.Config, *http.Client) (meta.RESTMapper, error) { return w.RESTMapper(), nil },
		Metrics:                 metricsserver.Options{BindAddress: "0"},
		HealthProbeBindAddress:  "0",
		Cache:                   engine.CacheOptions(namespaces),
		Client:                  engine.ClientOptions(),
		GracefulShutdownTimeout: new(10 * time.Second),
		LeaderElection:          options.LeaderElect,
		LeaderElectionID:        "meshagent-operator.meshagent.com",
		LeaderElectionNamespace: w.Namespace,
		LeaseDuration:           new(10 * time.Second), // the next leader waits this long; with much less, a healthy leader loses its lease on a busy machine
		RenewDeadline:           new(8 * time.Second),
		RetryPeriod:             new(500 * time.Millisecond),
		Controller: config.Controller{
			SkipNameValidation: new(true), MaxConcurrentReconciles: 8, ReconciliationTimeout: time.Minute, RecoverPanic: new(false),
		},
	})
	Expect(err).NotTo(HaveOccurred())
	env := &engine.Environment{
		Client: mgr.GetClient(), Live: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("meshagent-operator"),
		OwnerID: options.OwnerID, DriftInterval: options.DriftInterval,
		Projects: &projects.Pool{
			Cache: mgr.GetCache(), Live: mgr.GetAPIReader(), Namespaces: namespaces, Endpoints: projects.AllEndpoints,
			Options: meshagent.Options{Transport: o.killable(wire, false), Timeout: 2 * time.Second, MembersAge: time.Second},
		},
	}
	env.Projects.Options.Observe = env.ObserveCall
	if options.Traces != nil {
		env.Traces = options.Traces
		env.Projects.Options.Around = func(next http.RoundTripper) http.RoundTripper { return tracing.Transport(options.Traces, next) }
	}
	for _, one := range controller.All {
		Expect(one.SetupWithManager(mgr, env)).To(Succeed())
	}
	registry := prometheus.NewPedanticRegistry()
	Expect(registry.Register(env.Collector(mgr.Elected()))).To(Succeed())
	o.Metrics, o.Cache = registry, mgr.GetCache()
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // it outlives the node that starts it
	o.cancel = cancel
	go func() {
		defer GinkgoRecover()
		defer close(o.Done)
		if err := mgr.Start(ctx); !o.Dead.Load() {
			Expect(err).NotTo(HaveOccurred())
		}
	}()
	DeferCleanup(o.Stop)
	return o
}

// Stop ends the operator as by SIGTERM.
func (o *Operator) Stop() {
	o.cancel()
	<-o.Done
}

// Kill ends the operator as by SIGKILL. It can be called from within a request.
func (o *Operator) Kill() {
	o.Dead.Store(true)
	o.cancel()
}
