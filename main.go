// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// The manager runs the controllers of meshagent-operator.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap/zapcore"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/manager"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/internal/tracing"
	"github.com/meshagent/meshagent-operator/internal/version"
)

// options are the flags.
type options struct {
	metricsAddress  string
	metricsSecure   bool
	probeAddress    string
	pprofAddress    string
	leaderElect     bool
	leaderNamespace string
	leaderID        string
	ownerID         string
	driftInterval   time.Duration
	concurrency     int
	watchNamespaces string
	meshagentAPIURL string
	releaseObjects  bool
	stopDeployment  string
	showVersion     bool
	logging         zap.Options
}

func (o *options) bind(flags *flag.FlagSet) {
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0", "The address of the metrics endpoint, such as :8443; 0 turns it off.")
	flags.BoolVar(&o.metricsSecure, "metrics-secure", true, "Serve metrics over HTTPS, to callers that may get the path /metrics.")
	flags.StringVar(&o.probeAddress, "health-probe-bind-address", ":8081", "The address of the probes /healthz and /readyz; 0 turns them off.")
	flags.StringVar(&o.pprofAddress, "pprof-bind-address", "0", "The address of Go's profiles, such as localhost:6060, open to all that can reach it; 0 turns them off.")
	flags.BoolVar(&o.leaderElect, "leader-elect", false, "Let only one of several managers be active.")
	flags.StringVar(&o.leaderNamespace, "leader-election-namespace", "", "The namespace of the leader's lease. Default: the one that the manager runs in.")
	flags.StringVar(&o.leaderID, "leader-election-id", "meshagent-operator.meshagent.com", "The name of the leader's lease.")
	flags.StringVar(&o.ownerID, "owner-id", "", "What tells this operator from others in owner marks in MeshAgent. Default: the UID of the namespace kube-system. "+
		"A rebuilt cluster that passes the old one's takes its resources over.")
	flags.DurationVar(&o.driftInterval, "drift-interval", 10*time.Minute, "How often MeshAgent is compared with the objects.")
	flags.IntVar(&o.concurrency, "max-concurrent-reconciles", 32, "How many objects of a kind are worked on at once, at most half of them with the same API key.")
	flags.StringVar(&o.watchNamespaces, "watch-namespaces", "", "The namespaces to watch, separated by commas. Default: all.")
	flags.StringVar(&o.meshagentAPIURL, "meshagent-api-url", os.Getenv("MESHAGENT_API_URL"), "The MeshAgent API for MeshProjects without spec.endpoint. "+
		"Default: the environment variable MESHAGENT_API_URL, else "+meshagent.DefaultEndpoint+".")
	flags.BoolVar(&o.releaseObjects, "release-objects", false, "Take the operator's finalizer off all objects, so that none of them waits for an operator that is being removed, and exit. "+
		"What they stand for in MeshAgent stays as it is.")
	flags.StringVar(&o.stopDeployment, "stop-deployment", "", "With --release-objects: the Deployment of the operator, to be scaled to zero first.")
	flags.BoolVar(&o.showVersion, "version", false, "Print the version and exit.")
	o.logging.BindFlags(flags)
}

func (o *options) check() error {
	if o.meshagentAPIURL == "" {
		o.meshagentAPIURL = meshagent.DefaultEndpoint
	}
	if _, err := meshagent.New(meshagent.Options{Endpoint: o.meshagentAPIURL}); err != nil {
		return fmt.Errorf("--meshagent-api-url: %w", err)
	}
	if o.driftInterval < time.Second {
		return fmt.Errorf("--drift-interval must be at least 1s, not %s", o.driftInterval)
	}
	if o.concurrency < 1 {
		return fmt.Errorf("--max-concurrent-reconciles must be at least 1, not %d", o.concurrency)
	}
	if strings.ContainsAny(o.ownerID, "/ \n") {
		return fmt.Errorf("--owner-id must contain no slash or blank: %q", o.ownerID)
	}
	return nil
}

// namespaces are those to watch; nil: all.
func (o *options) namespaces() []string {
	var names []string
	for name := range strings.SplitSeq(o.watchNamespaces, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func main() {
	opts := options{logging: zap.Options{StacktraceLevel: zapcore.PanicLevel}} // an outage of MeshAgent is no bug
	opts.bind(flag.CommandLine)                                                // --kubeconfig is there already, from controller-runtime
	flag.Parse()
	if opts.showVersion {
		fmt.Println(version.String()) //nolint:forbidigo // it is the output of a command
		return
	}
	ctrl.SetLogger(zap.New(zap.UseFlagOptions(&opts.logging)))
	manager.LimitMemory(os.DirFS("/"), os.Getenv, debug.SetMemoryLimit)
	if err := run(ctrl.SetupSignalHandler(), opts); err != nil {
		ctrl.Log.Error(err, "the operator has stopped")
		os.Exit(1)
	}
}

func run(ctx context.Context, opts options) error {
	if err := opts.check(); err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))

	restConfig, err := ctrl.GetConfig()
	if err != nil {
		return fmt.Errorf("finding the cluster: %w", err)
	}
	// The API server's own fairness limits clients better than a fixed rate.
	restConfig.QPS = -1
	manager.WithoutProxy(restConfig)
	if opts.releaseObjects {
		return releaseObjects(ctx, restConfig, scheme, opts)
	}
	namespaces, leftOut, err := manager.ChooseNamespaces(ctx, restConfig, scheme, opts.namespaces())
	if err != nil {
		return err
	}
	mgr, err := ctrl.NewManager(restConfig, managerOptions(scheme, opts, namespaces))
	if err != nil {
		return fmt.Errorf("making the manager: %w", err)
	}
	ownerID, err := findOwnerID(ctx, mgr.GetAPIReader(), opts.ownerID)
	if err != nil {
		return err
	}
	traces, err := tracing.FromEnvironment(ctx)
	if err != nil {
		return err
	}
	defer flush(ctx, traces)
	if err := setup(mgr, opts, namespaces, ownerID, traces); err != nil {
		return err
	}
	filled := make(chan struct{})
	err = errors.Join(
		mgr.AddHealthzCheck("healthz", healthz.Ping),
		mgr.AddReadyzCheck("readyz", manager.Ready(filled, mgr.GetCache())),
		mgr.Add(manager.Always(func(context.Context) error { close(filled); return nil })),
		mgr.Add(manager.Always(leftOut.Await)),
	)
	if err != nil {
		return fmt.Errorf("setting up the manager: %w", err)
	}
	ctrl.Log.Info("starting", "version", version.String(), "ownerID", ownerID, "driftInterval", opts.driftInterval.String(),
		"meshagentAPI", opts.meshagentAPIURL, "namespaces", namespaces)
	if err := manager.Start(ctx, mgr, filled); err != nil {
		return fmt.Errorf("running: %w", err)
	}
	return nil
}

func managerOptions(scheme *runtime.Scheme, opts options, namespaces []string) ctrl.Options {
	serving := metricsserver.Options{BindAddress: opts.metricsAddress, SecureServing: opts.metricsSecure}
	if opts.metricsSecure {
		serving.FilterProvider = filters.WithAuthenticationAndAuthorization
	}
	return ctrl.Options{
		Scheme:                        scheme,
		Metrics:                       serving,
		HealthProbeBindAddress:        opts.probeAddress,
		PprofBindAddress:              opts.pprofAddress,
		LeaderElection:                opts.leaderElect,
		LeaderElectionID:              opts.leaderID,
		LeaderElectionNamespace:       opts.leaderNamespace,
		LeaderElectionReleaseOnCancel: true, // main returns as soon as the manager has stopped
		GracefulShutdownTimeout:       new(manager.DrainTimeout),
		Cache:                         engine.CacheOptions(namespaces),
		Client:                        engine.ClientOptions(),
		Controller: config.Controller{
			MaxConcurrentReconciles: opts.concurrency,
			ReconciliationTimeout:   5 * time.Minute,
			RecoverPanic:            new(true),
			EnableWarmup:            new(true),
		},
	}
}

// findOwnerID returns the id that was given, or that of the cluster.
func findOwnerID(ctx context.Context, reader client.Reader, given string) (string, error) {
	if given != "" {
		return given, nil
	}
	var namespace corev1.Namespace
	if err := reader.Get(ctx, types.NamespacedName{Name: "kube-system"}, &namespace); err != nil {
		return "", fmt.Errorf("reading the UID of the namespace kube-system (set --owner-id if it may not be read): %w", err)
	}
	return string(namespace.UID), nil
}

// flush sends the traces that are left.
func flush(ctx context.Context, traces *sdktrace.TracerProvider) {
	if traces == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := traces.Shutdown(ctx); err != nil {
		ctrl.Log.Error(err, "sending the last traces")
	}
}

func setup(mgr ctrl.Manager, opts options, namespaces []string, ownerID string, traces *sdktrace.TracerProvider) error {
	env := &engine.Environment{
		Client: mgr.GetClient(), Live: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("meshagent-operator"),
		OwnerID: ownerID, DriftInterval: opts.driftInterval,
		Projects: &engine.Projects{
			Cache: mgr.GetCache(), Live: mgr.GetAPIReader(), Namespaces: namespaces,
			Options: meshagent.Options{Endpoint: opts.meshagentAPIURL, UserAgent: "meshagent-operator/" + version.Version, Observe: engine.ObserveCall},
		},
	}
	if traces != nil {
		env.Traces = traces
		env.Projects.Options.Around = func(next http.RoundTripper) http.RoundTripper { return tracing.Transport(traces, next) }
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { ctrl.Log.Error(err, "sending traces") }))
	}
	for _, one := range controller.All {
		if err := one.SetupWithManager(mgr, env); err != nil {
			return err
		}
	}
	if err := metrics.Registry.Register(env.Collector(mgr.Elected())); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	return nil
}
