// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// The manager runs the controllers of meshagent-operator.
package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"time"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.uber.org/zap/zapcore"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/manager"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/internal/release"
	"github.com/meshagent/meshagent-operator/internal/tracing"
	"github.com/meshagent/meshagent-operator/internal/version"
)

func main() {
	opts := manager.Options{Logging: zap.Options{StacktraceLevel: zapcore.PanicLevel}} // an outage of MeshAgent is not a bug
	opts.Bind(flag.CommandLine)                                                        // controller-runtime has added --kubeconfig
	flag.Parse()
	if opts.ShowVersion {
		fmt.Println(version.String()) //nolint:forbidigo // it is the output of a command
		return
	}
	ctrl.SetLogger(opts.Logger())
	manager.LimitMemory()
	if err := run(ctrl.SetupSignalHandler(), opts); err != nil {
		ctrl.Log.Error(err, "Operator stopped with an error")
		os.Exit(1)
	}
}

func run(ctx context.Context, opts manager.Options) error {
	if err := opts.Check(); err != nil {
		return err
	}
	scheme := runtime.NewScheme()
	utilruntime.Must(clientgoscheme.AddToScheme(scheme))
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	if opts.ReleaseObjects {
		return releaseObjects(ctx, scheme, opts)
	}
	mgr, err := manager.New(ctx, scheme, opts)
	if err != nil {
		return err
	}
	ownerID, err := mgr.OwnerID(ctx, opts.OwnerID)
	if err != nil {
		return err
	}
	traces, err := tracing.FromEnvironment(ctx)
	if err != nil { // platforms set these variables for all programs of a cluster
		ctrl.Log.Error(err, "Traces are off")
	}
	defer flush(ctx, traces)
	if err := setup(mgr, opts, ownerID, traces); err != nil {
		return err
	}
	ctrl.Log.Info("Starting operator", "version", version.String(), "ownerID", ownerID, "driftInterval", opts.DriftInterval.String(),
		"meshagentAPI", opts.MeshAgentAPIURL, "namespaces", mgr.Namespaces)
	return mgr.Run(ctx)
}

func releaseObjects(ctx context.Context, scheme *runtime.Scheme, opts manager.Options) error {
	mgr, err := manager.New(ctx, scheme, opts.ForRelease())
	if err != nil {
		return err
	}
	return release.Objects(ctx, mgr, release.Options{
		Kinds: manager.Kinds(scheme), Namespaces: mgr.Namespaces, Lease: opts.LeaderID,
		Deployment: types.NamespacedName{Namespace: opts.LeaderNamespace, Name: opts.StopDeployment},
	})
}

// flush sends the traces that are left.
func flush(ctx context.Context, traces *sdktrace.TracerProvider) {
	if traces == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := traces.Shutdown(ctx); err != nil {
		ctrl.Log.Error(err, "Failed to send the last traces")
	}
}

func setup(mgr *manager.Manager, opts manager.Options, ownerID string, traces *sdktrace.TracerProvider) error {
	env := &engine.Environment{
		Client: mgr.GetClient(), Live: mgr.GetAPIReader(), Recorder: mgr.GetEventRecorder("meshagent-operator"),
		OwnerID: ownerID, DriftInterval: opts.DriftInterval,
		Projects: &projects.Pool{
			Cache: mgr.GetCache(), Live: mgr.GetAPIReader(), Namespaces: mgr.Namespaces, Endpoints: opts.Endpoints,
			Options: meshagent.Options{Endpoint: opts.MeshAgentAPIURL, UserAgent: "meshagent-operator/" + version.Version},
		},
	}
	env.Projects.Options.Observe = env.ObserveCall
	if traces != nil {
		env.Traces = traces
		env.Projects.Options.Around = func(next http.RoundTripper) http.RoundTripper { return tracing.Transport(traces, next) }
		otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { ctrl.Log.Error(err, "Failed to send traces") }))
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
