// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/hack/child"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// usualAddress is where the simulator is if nothing else is there.
const usualAddress = "127.0.0.1:8090"

// demo is the world of the show, and who tells of it.
type demo struct {
	*narrator

	dir       string // for all files; it goes at the end
	plane     *controlplane.ControlPlane
	cluster   client.Client
	kubectl   *kubectl
	meshagent *simulator.Simulator
	server    *http.Server
	url       string // of MeshAgent
	operator  *child.Process

	samples []object        // what is declared
	seeded  map[string]bool // what MeshAgent held before
}

// prepare checks that what is needed was built, and makes the folder.
func (d *demo) prepare() error {
	for _, path := range []string{managerPath, kubectlPath, "config/samples"} {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("there is no %s here: run \"make demo\" in the top folder of meshagent-operator", path)
		}
	}
	dir, err := os.MkdirTemp("", "meshagent-demo-")
	if err != nil {
		return fmt.Errorf("making a folder for the demo: %w", err)
	}
	d.dir = dir
	return nil
}

func (d *demo) startKubernetes(ctx context.Context) (err error) {
	d.wait("it takes a few seconds, more on a busy machine")
	d.plane, err = controlplane.Start(ctx, controlplane.Options{ControllerManager: true, Dir: d.dir})
	if err != nil {
		return err
	}
	if d.kubectl, err = newKubectl(d.plane.KubeconfigPath, d.dir); err != nil {
		return err
	}
	// It learns of the custom kinds when it meets them.
	if d.cluster, err = client.New(d.plane.Config, client.Options{}); err != nil {
		return fmt.Errorf("making a client for Kubernetes: %w", err)
	}
	return nil
}

func (d *demo) startMeshAgent(ctx context.Context) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", usualAddress)
	if err != nil { // most likely it is taken: by another demo, or by bin/simulator
		listener, err = config.Listen(ctx, "tcp", "127.0.0.1:0")
	}
	if err != nil {
		return fmt.Errorf("finding a port for the simulator: %w", err)
	}
	d.url = "http://" + listener.Addr().String()
	d.meshagent = simulator.New()
	d.server = &http.Server{Handler: d.meshagent, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = d.server.Serve(listener) }() // until stop closes it
	d.seeded = map[string]bool{}
	for _, item := range d.contents() {
		d.seeded[item.key()] = true
	}
	d.detail("See %s/_simulator/ for what it holds, and for all calls that it gets.", d.url)
	return nil
}

// stop ends all that was started, in the reverse order, and removes the folder.
func (d *demo) stop() error {
	var errs []error
	if d.operator != nil {
		errs = append(errs, d.operator.Stop())
	}
	if d.server != nil {
		errs = append(errs, d.server.Close())
	}
	if d.plane != nil {
		errs = append(errs, d.plane.Stop())
	}
	if d.dir != "" {
		errs = append(errs, os.RemoveAll(d.dir))
	}
	return errors.Join(errs...)
}

// logPath is the operator's log.
func (d *demo) logPath() string { return filepath.Join(d.dir, "operator.log") }
