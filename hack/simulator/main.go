// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command simulator serves an in-memory MeshAgent for demonstrations and tests.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// saveInterval is how often the simulator saves changes.
const saveInterval = 500 * time.Millisecond

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "simulator: %v\n", err)
		os.Exit(1) //nolint:gocritic // stop has nothing left to do
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("simulator", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8090", "address to serve on")
	key := flags.String("api-key", simulator.DevelopmentKey, "API key to accept; it also determines the project")
	latency := flags.Duration("latency", 0, "minimum duration of every call")
	version := flags.String("version", simulator.DefaultVersion, "version of the MeshAgent server to simulate; from 0.45 on, the routes that SDK 0.45 no longer uses are gone")
	data := flags.String("data", "", "`file` in which the simulator stores its content across restarts, secret values included")
	seed := flags.String("seed", "", "YAML `file` with the content of the project; ignored if the file of --data exists")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument: %q", flags.Arg(0))
	}

	if err := simulator.CheckKey(*key); err != nil {
		return err
	}
	sim := simulator.New(simulator.WithAPIKey(*key), simulator.WithLatency(*latency), simulator.WithServer(simulator.Server{Version: *version}))
	if err := fill(sim, *data, *seed); err != nil {
		return err
	}

	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	greet(out, "http://"+listener.Addr().String(), *key, sim.ProjectID())
	return serveAndKeep(ctx, listener, sim, *data)
}

// fill loads the data of an earlier run or, if there is none, the seed.
func fill(sim *simulator.Simulator, data, seed string) error {
	if data != "" {
		if found, err := sim.Load(data); err != nil || found {
			return err
		}
	}
	if seed == "" {
		return nil
	}
	file, err := os.Open(seed)
	if err != nil {
		return fmt.Errorf("opening the seed: %w", err)
	}
	defer func() { _ = file.Close() }()
	return sim.Seed(file)
}

// serveAndKeep serves until the context ends, and saves the data meanwhile.
func serveAndKeep(ctx context.Context, listener net.Listener, sim *simulator.Simulator, data string) error {
	if data == "" {
		return serve(ctx, listener, sim)
	}
	// The last save comes after the last answer.
	serving, cancel := context.WithCancel(context.WithoutCancel(ctx))
	kept := make(chan error, 1)
	go func() { kept <- sim.Keep(serving, data, saveInterval) }()
	err := serve(ctx, listener, sim)
	cancel()
	return errors.Join(err, <-kept)
}

// greet prints what a client needs. It prints only the development key, because any other key is
// the user's own.
func greet(out io.Writer, url, key, project string) {
	fmt.Fprintf(out, "MeshAgent simulator on %s, project %s\n", url, project)
	fmt.Fprintf(out, "To see its content, open %s/_simulator/ in a browser.\n\n", url)
	fmt.Fprintf(out, "export MESHAGENT_API_URL=%s\n", url)
	fmt.Fprintf(out, "export MESHAGENT_PROJECT_ID=%s\n", project)
	if key == simulator.DevelopmentKey {
		fmt.Fprintf(out, "export MESHAGENT_API_KEY=%s\n", key)
	}
}

func serve(ctx context.Context, listener net.Listener, sim *simulator.Simulator) error {
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return fmt.Errorf("shutting down: %w", err)
	}
	return nil
}
