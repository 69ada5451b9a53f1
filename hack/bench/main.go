// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command bench measures bin/manager on this machine, with a real API server and a simulated
// MeshAgent. It is not a test: it prints its results, with the budget of each figure that has one.
// "make bench" builds and runs it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

// scenario measures one thing.
type scenario struct {
	name string
	run  func(ctx context.Context, b *bench, out *findings) error
}

var scenarios = []scenario{
	{"rooms, 1,000", rooms(1000, 20*time.Second)},
	{"rooms, 10,000", rooms(10_000, 30*time.Second)},
	{"mix of 4,000", mix},
	{"one kind of each trait, 100 of each", traits},
	{"secrets, 1,000", secrets},
	{"budget of 20 requests a second", budget},
	{"tenants", tenants},
}

// bench is what all scenarios share.
type bench struct {
	latency time.Duration // of MeshAgent
	dir     string        // for all files; removed at the end
}

func main() {
	b := &bench{}
	only := flag.String("only", "", "Regular expression that selects scenarios by name.")
	flag.DurationVar(&b.latency, "latency", 20*time.Millisecond, "Time that MeshAgent takes for each answer.")
	out := flag.String("out", filepath.Join("bin", "bench"), "File name of the results, without the endings .json and .md.")
	base := flag.String("base", "", "JSON file of an earlier run to compare with.")
	flag.Parse()

	ctrl.SetLogger(logr.Discard()) // errors of libraries are returned anyway
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if err := measure(ctx, b, *only, *base, *out); err != nil {
		fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1) //nolint:gocritic // measure has ended all that it started
	}
}

// measure runs the scenarios, and reports the results even if a scenario fails or is interrupted.
func measure(ctx context.Context, b *bench, only, base, out string) (err error) {
	matches, err := regexp.Compile(only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	var before *findings
	if base != "" {
		if before, err = readFindings(base); err != nil {
			return err
		}
	}
	if b.dir, err = os.MkdirTemp("", "meshagent-bench-"); err != nil {
		return fmt.Errorf("creating a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()

	found := &findings{Machine: describeMachine(), Latency: b.latency.String()}
	for _, s := range scenarios {
		if !matches.MatchString(s.name) {
			continue
		}
		begun := time.Now()
		fmt.Printf("%s ...", s.name)
		found.scenario = s.name
		if err = s.run(ctx, b, found); err != nil {
			fmt.Println(" failed")
			err = fmt.Errorf("%s: %w", s.name, errors.Join(context.Cause(ctx), err))
			break
		}
		fmt.Printf(" measured in %s\n", time.Since(begun).Round(time.Second))
	}
	found.Machine.Load[1] = load()
	fmt.Print("\n", found.markdown(before))
	return errors.Join(err, found.write(out))
}
