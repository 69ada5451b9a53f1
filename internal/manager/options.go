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
	flags.StringVar(&o.metricsAddress, "metrics-bind-address", "0", "Address of the metrics endpoint, for example :8443. 0 turns the endpoint off.")
	flags.BoolVar(&o.metricsSecure, "metrics-secure", true, "Serve metrics over HTTPS, and only to clients that are allowed to get the path /metrics.")
	flags.StringVar(&o.probeAddress, "health-probe-bind-address", ":8081", "Address of the probes /healthz and /readyz. 0 turns the probes off.")
	flags.StringVar(&o.pprofAddress, "pprof-bind-address", "0", "Address of Go's profiles, for example localhost:6060. "+
		"Anyone who can reach the address can read the profiles. 0 turns the profiles off.")
	flags.BoolVar(&o.leaderElect, "leader-elect", false, "Elect a leader, so that only one of several replicas reconciles.")
	flags.StringVar(&o.LeaderNamespace, "leader-election-namespace", "", "Namespace of the leader's Lease. Defaults to the namespace that the operator runs in.")
	flags.StringVar(&o.LeaderID, "leader-election-id", "meshagent-operator.meshagent.com", "Name of the leader's Lease.")
	flags.StringVar(&o.OwnerID, "owner-id", "", "ID of this operator in the ownership annotations of MeshAgent resources. "+
		"Defaults to the UID of the namespace kube-system. If you pass the ID of an old cluster, the operator takes over the resources of that cluster.")
	flags.DurationVar(&o.DriftInterval, "drift-interval", 10*time.Minute, "How often the operator compares each object with MeshAgent. Must be at least 1s.")
	flags.IntVar(&o.concurrency, "max-concurrent-reconciles", 32, "How many objects of a kind the operator reconciles at the same time. "+
		"Objects with the same API key take at most half of these places.")
	flags.StringVar(&o.watchNamespaces, "watch-namespaces", "", "Namespaces to watch, separated by commas. Defaults to all namespaces.")
	flags.StringVar(&o.MeshAgentAPIURL, "meshagent-api-url", os.Getenv("MESHAGENT_API_URL"), "URL of the MeshAgent API for MeshProjects without spec.endpoint. "+
		"Defaults to the environment variable MESHAGENT_API_URL, or to "+meshagent.DefaultEndpoint+" if the variable is not set.")
	flags.StringVar(&o.allowedEndpoints, "allowed-endpoints", "", "Endpoints that MeshProjects can use, separated by commas, in the form scheme://host[:port]. "+
		"A host that begins with *. allows all hosts below it. * allows all endpoints. "+
		"Defaults to the endpoint of --meshagent-api-url, or to * if --watch-namespaces is set.")
	flags.BoolVar(&o.ReleaseObjects, "release-objects", false, "Remove the operator's finalizer from all objects, then exit. Use this flag before you remove the operator. "+
		"You can then delete the objects without an operator, and their resources stay in MeshAgent.")
	flags.StringVar(&o.StopDeployment, "stop-deployment", "", "With --release-objects: name of the operator's Deployment. It is scaled to zero first.")
	flags.BoolVar(&o.ShowVersion, "version", false, "Print the version, then exit.")
	o.Logging.BindFlags(flags)
}

// Logger writes the log. Helm prints that of --release-objects, and people read it, so it is in
// console form unless --zap-encoder says otherwise.
func (o *Options) Logger() logr.Logger {
	logging := o.Logging
	if o.ReleaseObjects && logging.Encoder == nil && logging.NewEncoder == nil {
		zap.ConsoleEncoder()(&logging)
	}
	return zap.New(zap.UseFlagOptions(&logging))
}

// Check says what is wrong with the flags, and fills in the default of the API.
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
		return fmt.Errorf("--owner-id must not contain a slash or a blank: %q", o.OwnerID)
	}
	return nil
}

// allowEndpoints reads --allowed-endpoints. Without it, those who write MeshProjects anywhere in
// the cluster must not choose where the operator sends requests to; with Roles in some namespaces
// only, they may.
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

// ForRelease returns the options of a manager that only waits for the Lease and releases
// objects. Its log has the errors of the manager, but not how the manager starts and ends.
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
