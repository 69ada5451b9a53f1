// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

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
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/internal/tracing"
)

// operator is a running operator. It can be killed as SIGKILL would: from that moment on nothing that it sends leaves it.
type operator struct {
	dead   atomic.Bool
	writes atomic.Int64 // to the API server, events aside
	cancel context.CancelFunc
	done   chan struct{}

	witness func(o *operator, r *http.Request, carriedOut bool)
	metrics prometheus.Gatherer // what it tells when asked
	cache   client.Reader

	mu      sync.Mutex
	watches []context.CancelFunc // at the API server
}

type operatorOptions struct {
	driftInterval time.Duration
	ownerID       string
	namespaces    []string // besides the world's own
	leaderElect   bool
	logger        logr.Logger          // unset: the suite's
	traces        trace.TracerProvider // unset: none
	// refuse may answer a request to the API server in its place, with a status and a reason.
	refuse func(r *http.Request) (int, metav1.StatusReason)
	// meddle may stand between the operator and MeshAgent.
	meddle func(http.RoundTripper) http.RoundTripper
	// witness sees every request, to MeshAgent and to the API server, before it is sent and once more when it was carried out.
	// It may kill the operator.
	witness func(o *operator, r *http.Request, carriedOut bool)
}

// start runs an operator that watches the world's namespace.
func (w *world) start(options operatorOptions) *operator {
	GinkgoHelper()
	if options.driftInterval == 0 {
		options.driftInterval = time.Hour
	}
	if options.ownerID == "" {
		options.ownerID = "cluster-1"
	}
	o := &operator{done: make(chan struct{}), witness: options.witness}
	restConfig := rest.CopyConfig(w.plane.Config)
	restConfig.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return o.mortal(o.breakable(refusing(next, options.refuse)), true)
	})
	wire := w.wire()
	if options.meddle != nil {
		wire = options.meddle(wire)
	}
	namespaces := append([]string{w.namespace}, options.namespaces...)
	mgr, err := ctrl.NewManager(restConfig, ctrl.Options{
		Scheme:                  scheme,
		Logger:                  options.logger,
		MapperProvider:          func(*rest.Config, *http.Client) (meta.RESTMapper, error) { return w.RESTMapper(), nil },
		Metrics:                 metricsserver.Options{BindAddress: "0"},
		HealthProbeBindAddress:  "0",
		Cache:                   engine.CacheOptions(namespaces),
		Client:                  engine.ClientOptions(),
		GracefulShutdownTimeout: new(10 * time.Second),
		LeaderElection:          options.leaderElect,
		LeaderElectionID:        "meshagent-operator.meshagent.com",
		LeaderElectionNamespace: w.namespace,
		LeaseDuration:           new(10 * time.Second), // for so long the next leader waits; much less, and a busy machine loses a healthy one
		RenewDeadline:           new(8 * time.Second),
		RetryPeriod:             new(500 * time.Millisecond),
		Controller: config.Controller{
			SkipNameValidation: new(true), MaxConcurrentReconciles: 8, ReconciliationTimeout: time.Minute, RecoverPanic: new(false),
		},
	})
	Expect(err).NotTo(HaveOccurred())
	env := &engine.Environment{
		Client: mgr.GetClient(), Live: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("meshagent-operator"),
		OwnerID: options.ownerID, DriftInterval: options.driftInterval,
		Projects: &engine.Projects{
			Cache: mgr.GetCache(), Live: mgr.GetAPIReader(), Namespaces: namespaces,
			Options: meshagent.Options{Transport: o.mortal(wire, false), Timeout: 2 * time.Second, MembersAge: 3 * time.Second},
		},
	}
	if options.traces != nil {
		env.Traces = options.traces
		env.Projects.Options.Around = func(next http.RoundTripper) http.RoundTripper { return tracing.Transport(options.traces, next) }
	}
	for _, one := range controller.All {
		Expect(one.SetupWithManager(mgr, env)).To(Succeed())
	}
	registry := prometheus.NewPedanticRegistry()
	Expect(registry.Register(env.Collector(mgr.Elected()))).To(Succeed())
	o.metrics, o.cache = registry, mgr.GetCache()
	ctx, cancel := context.WithCancel(context.Background()) //nolint:forbidigo // it outlives the node that starts it
	o.cancel = cancel
	go func() {
		defer GinkgoRecover()
		defer close(o.done)
		if err := mgr.Start(ctx); !o.dead.Load() {
			Expect(err).NotTo(HaveOccurred())
		}
	}()
	DeferCleanup(o.stop)
	return o
}

// stop ends the operator as SIGTERM does.
func (o *operator) stop() {
	o.cancel()
	<-o.done
}

// kill ends the operator as SIGKILL does. It may be called from within a request.
func (o *operator) kill() {
	o.dead.Store(true)
	o.cancel()
}
