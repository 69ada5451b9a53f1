// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/filters"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Options are the flags.
type Options struct {
	LeaderNamespace string
	LeaderID        string
	OwnerID         string
	DriftInterval   time.Duration
	MeshAgentAPIURL string
	// Endpoints are filled in by Check.
	Endpoints      projects.Endpoints
	ReleaseObjects bool
	StopDeployment string
	ShowVersion    bool
	Logging        zap.Options

	metricsAddress   string
	metricsSecure    bool
	probeAddress     string
	pprofAddress     string
	leaderElect      bool
	concurrency      int
	watchNamespaces  string
	allowedEndpoints string
	log              logr.Logger
}

// Bind declares the flags.
func (o *Options) Bind(flags *flag.FlagSet) {
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0", "The address of the metrics endpoint, such as :8443; 0 turns it off.")
	flags.BoolVar(&o.metricsSecure, "metrics-secure", true, "Serve metrics over HTTPS, to callers that may get the path /metrics.")
	flags.StringVar(&o.probeAddress, "health-probe-bind-address", ":8081", "The address of the probes /healthz and /readyz; 0 turns them off.")
	flags.StringVar(&o.pprofAddress, "pprof-bind-address", "0", "The address of Go's profiles, such as localhost:6060, open to all that can reach it; 0 turns them off.")
	flags.BoolVar(&o.leaderElect, "leader-elect", false, "Let only one of several managers be active.")
	flags.StringVar(&o.LeaderNamespace, "leader-election-namespace", "", "The namespace of the leader's lease. Default: the one that the manager runs in.")
	flags.StringVar(&o.LeaderID, "leader-election-id", "meshagent-operator.meshagent.com", "The name of the leader's lease.")
	flags.StringVar(&o.OwnerID, "owner-id", "", "What tells this operator from others in owner marks in MeshAgent. Default: the UID of the namespace kube-system. "+
		"A rebuilt cluster that passes the old one's takes its resources over.")
	flags.DurationVar(&o.DriftInterval, "drift-interval", 10*time.Minute, "How often MeshAgent is compared with the objects.")
	flags.IntVar(&o.concurrency, "max-concurrent-reconciles", 32, "How many objects of a kind are worked on at once, at most half of them with the same API key.")
	flags.StringVar(&o.watchNamespaces, "watch-namespaces", "", "The namespaces to watch, separated by commas. Default: all.")
	flags.StringVar(&o.MeshAgentAPIURL, "meshagent-api-url", os.Getenv("MESHAGENT_API_URL"), "The MeshAgent API for MeshProjects without spec.endpoint. "+
		"Default: the environment variable MESHAGENT_API_URL, else "+meshagent.DefaultEndpoint+".")
	flags.StringVar(&o.allowedEndpoints, "allowed-endpoints", "", "The endpoints that MeshProjects can use, separated by commas: scheme://host[:port], where the host may begin with *. "+
		"to allow all hosts below it, or * for all endpoints. Default: the one of --meshagent-api-url, and * with --watch-namespaces.")
	flags.BoolVar(&o.ReleaseObjects, "release-objects", false, "Take the operator's finalizer off all objects, so that none of them waits for an operator that is being removed, and exit. "+
		"What they stand for in MeshAgent stays as it is.")
	flags.StringVar(&o.StopDeployment, "stop-deployment", "", "With --release-objects: the Deployment of the operator, to be scaled to zero first.")
	flags.BoolVar(&o.ShowVersion, "version", false, "Print the version and exit.")
	o.Logging.BindFlags(flags)
}

// Check says what is wrong with them, and fills in the default of the API.
func (o *Options) Check() error {
	if o.MeshAgentAPIURL == "" {
		o.MeshAgentAPIURL = meshagent.DefaultEndpoint
	}
	if _, err := meshagent.New(meshagent.Options{Endpoint: o.MeshAgentAPIURL}); err != nil {
		return fmt.Errorf("--meshagent-api-url: %w", err)
	}
	if err := o.allowEndpoints(); err != nil {
		return err
	}
	if o.DriftInterval < time.Second {
		return fmt.Errorf("--drift-interval must be at least 1s, not %s", o.DriftInterval)
	}
	if o.concurrency < 1 {
		return fmt.Errorf("--max-concurrent-reconciles must be at least 1, not %d", o.concurrency)
	}
	if strings.ContainsAny(o.OwnerID, "/ \n") {
		return fmt.Errorf("--owner-id must contain no slash or blank: %q", o.OwnerID)
	}
	return nil
}

// allowEndpoints reads --allowed-endpoints. Without it, those who write MeshProjects anywhere in the cluster must not choose where
// the operator sends requests to; with Roles in some namespaces only, they may.
func (o *Options) allowEndpoints() error {
	entries := items(o.allowedEndpoints)
	if len(entries) == 0 {
		own, err := projects.OriginOf(o.MeshAgentAPIURL)
		if err != nil {
			return fmt.Errorf("--meshagent-api-url: %w", err)
		}
		if entries = []string{own}; len(o.namespaces()) > 0 {
			entries = []string{projects.AnyEndpoint}
		}
	}
	allowed, err := projects.ParseEndpoints(entries...)
	if err != nil {
		return fmt.Errorf("--allowed-endpoints: %w", err)
	}
	o.Endpoints = allowed
	return nil
}

// namespaces are those to watch; nil: all.
func (o *Options) namespaces() []string { return items(o.watchNamespaces) }

// items are what a flag lists, separated by commas; nil: nothing.
func items(list string) []string {
	var all []string
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}

// ForRelease returns the options of a manager that only waits for the lease and releases
// objects. Helm prints what is logged: not how a manager starts and ends, but its errors.
func (o Options) ForRelease() Options {
	o.leaderElect, o.metricsAddress, o.probeAddress, o.pprofAddress = true, "0", "0", "0"
	o.log = ctrl.Log.V(1)
	return o
}

// forManager are the options of controller-runtime.
func (o *Options) forManager(namespaces []string) ctrl.Options {
	serving := metricsserver.Options{BindAddress: o.metricsAddress, SecureServing: o.metricsSecure}
	if o.metricsSecure {
		serving.FilterProvider = filters.WithAuthenticationAndAuthorization
	}
	return ctrl.Options{
		Logger:                        o.log,
		Metrics:                       serving,
		HealthProbeBindAddress:        o.probeAddress,
		PprofBindAddress:              o.pprofAddress,
		LeaderElection:                o.leaderElect,
		LeaderElectionID:              o.LeaderID,
		LeaderElectionNamespace:       o.LeaderNamespace,
		LeaderElectionReleaseOnCancel: true, // main returns as soon as the manager has stopped
		GracefulShutdownTimeout:       new(drainTimeout),
		Cache:                         engine.CacheOptions(namespaces),
		Client:                        engine.ClientOptions(),
		Controller: config.Controller{
			MaxConcurrentReconciles: o.concurrency,
			ReconciliationTimeout:   5 * time.Minute,
			RecoverPanic:            new(true),
			EnableWarmup:            new(true),
		},
	}
}
