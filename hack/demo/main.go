// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command demo shows meshagent-operator on a machine that has only Go. It starts a real Kubernetes
// control plane, a simulated MeshAgent and the operator, and shows with kubectl what they do. After
// the last step it stays up for you to use. "make demo" builds and runs it.
//
// The list of steps in steps.go is the place to start reading.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

func main() {
	once := flag.Bool("once", false, "End after the last step instead of staying up. The exit code is 0 if all steps succeeded.")
	flag.Parse()
	ctrl.SetLogger(logr.Discard()) // errors of libraries are returned anyway
	signal.Ignore(syscall.SIGPIPE) // "make demo | head" must not kill this process before it has cleaned up
	ctx, end := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, end) // a second signal kills this process, and the leash then ends its children
	os.Exit(perform(ctx, &demo{out: os.Stdout, closed: end}, *once))
}

// perform shows all steps, ends everything that it started, and returns the exit code.
func perform(ctx context.Context, d *demo, once bool) int {
	err := d.show(ctx)
	if err == nil {
		d.next(once)
	}
	if err == nil && !once {
		select {
		case <-ctx.Done():
		case <-d.operator.Done():
			err = d.operator.Failure()
		}
	}
	interrupted := ctx.Err() != nil
	if err != nil && !interrupted {
		d.diagnose(ctx)
	}
	err = errors.Join(err, d.stop())
	switch {
	case interrupted && err != nil:
		d.printf("\nThe demo was interrupted. All of its processes have ended.\n")
		return 130
	case err != nil:
		d.printf("\nThe demo failed: %v\n", err)
		return 1
	}
	d.printf("\nThe demo has ended. All of its processes have ended, and its folder is removed.\n")
	return 0
}

func (d *demo) show(ctx context.Context) error {
	begun := time.Now()
	for i, step := range steps {
		d.printf("\n--- %d of %d: %s ---\n", i+1, len(steps), step.title)
		d.indent(strings.TrimSpace(step.why))
		d.printf("\n")
		for _, act := range step.acts {
			err := act(ctx, d)
			if ctx.Err() != nil {
				err = ctx.Err() // whatever that made of it
			}
			if err != nil {
				return fmt.Errorf("step %d: %w", i+1, err)
			}
		}
	}
	d.printf("\nAll %d steps succeeded, in %.0f s.\n", len(steps), time.Since(begun).Seconds())
	return nil
}
