// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
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
		Projects: &projects.Pool{
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

var errDead = errors.New("the operator is dead")

// mortal lets nothing through once the operator is dead. What was sent before may still be carried out; the answer is lost.
func (o *operator) mortal(next http.RoundTripper, counts bool) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if o.witness != nil {
			o.witness(o, r, false)
		}
		if o.dead.Load() {
			return nil, errDead
		}
		if counts {
			if err := lookAtBody(r); err != nil {
				return nil, err
			}
		}
		if counts && r.Method != http.MethodGet && !isEvent(r) {
			o.writes.Add(1)
		}
		resp, err := next.RoundTrip(r)
		if o.witness != nil {
			o.witness(o, r, true)
		}
		if o.dead.Load() {
			if err == nil {
				_ = resp.Body.Close()
			}
			return nil, errDead
		}
		return resp, err
	})
}

// breakable holds on to the watches among the requests to the API server, so that breakWatches can end them.
func (o *operator) breakable(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if !isWatch(r) {
			return next.RoundTrip(r)
		}
		ctx, end := context.WithCancel(r.Context())
		o.mu.Lock()
		o.watches = append(o.watches, end)
		o.mu.Unlock()
		resp, err := next.RoundTrip(r.WithContext(ctx))
		if err == nil {
			resp.Body = breakableBody{resp.Body, ctx}
		}
		return resp, err
	})
}

// breakableBody reads as if the connection was lost when its context has ended.
type breakableBody struct {
	io.ReadCloser
	ctx context.Context //nolint:containedctx // that of the request whose answer it is
}

func (b breakableBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && b.ctx.Err() != nil {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// breakWatches ends all watches as the loss of their connection does.
func (o *operator) breakWatches() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, end := range o.watches {
		end()
	}
	o.watches = nil
}

func isWatch(r *http.Request) bool { return r.URL.Query().Get("watch") == "true" }

// refusing lets the API server seem to refuse requests.
func refusing(next http.RoundTripper, refuse func(*http.Request) (int, metav1.StatusReason)) http.RoundTripper {
	if refuse == nil {
		return next
	}
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		code, reason := refuse(r)
		if code == 0 {
			return next.RoundTrip(r)
		}
		body, err := json.Marshal(metav1.Status{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure,
			Code: int32(code), Reason: reason, Message: "refused by the test",
		})
		return &http.Response{
			StatusCode: code, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
		}, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
