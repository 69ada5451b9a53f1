// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command bench measures bin/manager on this machine, with a real API server and a simulated MeshAgent. So far it knows one scenario: Secrets that
// all change at once. "make bench" builds what it needs, and runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controlplane"
	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

func main() {
	number := flag.Int("n", 1000, "How many MeshSecrets.")
	workers := flag.Int("workers", 32, "The manager's --max-concurrent-reconciles.")
	latency := flag.Duration("latency", 20*time.Millisecond, "How long MeshAgent takes to answer.")
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *number, *workers, *latency); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1) //nolint:gocritic // run has ended all that it started
	}
}

// bench is the world that is measured.
type bench struct {
	client.Client
	meshagent *simulator.Simulator
}

func run(ctx context.Context, number, workers int, latency time.Duration) (err error) {
	dir, err := os.MkdirTemp("", "meshagent-bench-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	plane, err := controlplane.Start(ctx, controlplane.Options{CRDPaths: []string{filepath.Join("config", "crd", "bases")}, Dir: dir})
	if err != nil {
		return fmt.Errorf("starting Kubernetes: %w", err)
	}
	defer func() { err = errors.Join(err, plane.Stop()) }()

	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("finding a port for the simulator: %w", err)
	}
	b := &bench{meshagent: simulator.New(simulator.WithLatency(latency))}
	server := &http.Server{Handler: b.meshagent, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // until it is closed
	defer func() { _ = server.Close() }()

	scheme := runtime.NewScheme()
	if err := errors.Join(clientgoscheme.AddToScheme(scheme), v1alpha1.AddToScheme(scheme)); err != nil {
		return fmt.Errorf("making a scheme: %w", err)
	}
	if b.Client, err = client.New(plane.Config, client.Options{Scheme: scheme}); err != nil {
		return fmt.Errorf("making a client: %w", err)
	}

	log, err := os.Create(filepath.Join(dir, "manager.log"))
	if err != nil {
		return fmt.Errorf("making the manager's log: %w", err)
	}
	defer func() { _ = log.Close() }()
	manager := exec.CommandContext(ctx, filepath.Join("bin", "manager"), "--kubeconfig="+plane.KubeconfigPath,
		"--meshagent-api-url=http://"+listener.Addr().String(), "--drift-interval=1h", "--health-probe-bind-address=0", "--owner-id=bench",
		fmt.Sprintf("--max-concurrent-reconciles=%d", workers))
	manager.Stdout, manager.Stderr = log, log
	if err := manager.Start(); err != nil {
		return fmt.Errorf("starting bin/manager: %w", err)
	}
	defer func() {
		_ = manager.Process.Signal(syscall.SIGTERM)
		_ = manager.Wait()
	}()
	return b.secrets(ctx, number)
}
