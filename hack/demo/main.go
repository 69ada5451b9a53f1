// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command demo shows meshagent-operator at work on a machine that has nothing but Go: it starts a
// real Kubernetes control plane, a simulated MeshAgent and the operator, and lets kubectl tell the
// rest. After that it stays up for you to play with. "make demo" builds what it needs, and runs it.
//
// Start reading with the list of steps, in steps.go.
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
	once := flag.Bool("once", false, "End after the last step, with exit code 0 if all of it happened, instead of staying up.")
	flag.Parse()
	ctrl.SetLogger(logr.Discard()) // what goes wrong in a library comes back as an error
	signal.Ignore(syscall.SIGPIPE) // "make demo | head" must not kill us before we have cleaned up
	ctx, end := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, end) // a second signal kills, which ends the children too: they are on a leash
	os.Exit(perform(ctx, &demo{out: os.Stdout, closed: end}, *once))
}

// perform shows all steps, ends everything that it started, and returns the exit code.
func perform(ctx context.Context, d *demo, once bool) int {
	err := d.show(ctx)
	if err == nil && !once {
		d.explain()
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
		d.printf("\nThe demo was interrupted. Nothing of it is left running.\n")
		return 130
	case err != nil:
		d.printf("\nThe demo failed: %v\n", err)
		return 1
	}
	d.printf("\nThe demo has ended. Nothing of it is left running, and its folder is gone.\n")
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
	d.printf("\nAll %d steps happened as they should, in %.0f s.\n", len(steps), time.Since(begun).Seconds())
	return nil
}
