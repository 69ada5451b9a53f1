// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command demo shows meshagent-operator at work on a machine that has nothing but Go: it starts a real Kubernetes control plane, a
// simulated MeshAgent and the operator, declares what is in config/samples, and then changes and deletes things on either side. After
// that it stays up for you to play with. "make demo" builds what it needs, and runs it.
//
// Start reading with the list of steps below; each step has a file of its own.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"
)

// step is a part of the show. It relies on those before it.
type step struct {
	title string
	run   func(*demo, context.Context) error
}

// steps are the show. A step that fails ends it.
var steps = []step{
	{"Start Kubernetes: etcd, kube-apiserver and kube-controller-manager", (*demo).startKubernetes},
	{"Start MeshAgent: a simulator that keeps everything in memory", (*demo).startMeshAgent},
	{"Install the operator's custom resource definitions", (*demo).installDefinitions},
	{"Start the operator", (*demo).startOperator},
	{"Give it the API key of a MeshAgent project, in a Kubernetes Secret", (*demo).createKey},
	{"Declare all that is in config/samples, and wait until it is Ready", (*demo).applySamples},
	{"Look at what the operator made in MeshAgent", (*demo).showMeshAgent},
	{"Change a room in MeshAgent, behind the operator's back", (*demo).correctDrift},
	{"Change the spec of that room with kubectl", (*demo).changeSpec},
	{"Change a Kubernetes Secret with kubectl", (*demo).changeSecret},
	{"Declare one more room, delete it, and declare it again", (*demo).deleteRoom},
	{"Check that MeshAgent still matches all that is declared", (*demo).checkAll},
}

func main() {
	once := flag.Bool("once", false, "End after the show, with exit code 0 if all of it happened, instead of staying up.")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "Usage: make demo [ONCE=1], or bin/demo [--once] after make controlplane build")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "demo: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctrl.SetLogger(logr.Discard()) // what went wrong in a library comes back as an error
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	endWithSignals(cancel)
	os.Exit(perform(ctx, newNarrator(os.Stdout, func() { cancel(errNobodyReads) }), *once))
}

// perform gives the show, ends everything that it started, and returns the exit code.
func perform(ctx context.Context, n *narrator, once bool) int {
	d := &demo{narrator: n}
	if err := d.prepare(); err != nil {
		n.say("demo: %v", err)
		return 1
	}
	err := d.show(ctx)
	if err == nil && !once {
		if err = d.explain(); err == nil {
			err = d.stayUp(ctx)
		}
	}
	interrupted := ctx.Err() != nil
	if err != nil && !interrupted {
		// While everything that could tell more is still there.
		d.diagnose(ctx)
	}
	n.begin("Stop everything")
	// ctx may have ended; the end needs its time all the same.
	stopErr := d.stop()
	n.end(stopErr)
	switch {
	case err != nil && interrupted:
		n.say("\nThe show was cut short: %v.", context.Cause(ctx))
		return 130
	case err != nil:
		n.say("\nThe demo failed: %v", err)
		return 1
	case stopErr != nil:
		return 1
	}
	n.say("\nThe demo has ended. Nothing of it is left running, and its folder is gone.")
	return 0
}

// show runs all steps.
func (d *demo) show(ctx context.Context) error {
	begun := time.Now()
	d.say("meshagent-operator at work. All of it runs on this machine; there is no cluster or account behind it.\n")
	for i, step := range steps {
		d.begin("[%d/%d] %s", i+1, len(steps), step.title)
		err := step.run(d, ctx)
		if ctx.Err() != nil {
			err = context.Cause(ctx) // whatever that made of it
		}
		d.end(err)
		if err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	d.say("\nAll of it happened as it should, in %s.\n", seconds(time.Since(begun)))
	return nil
}

// stayUp waits for the user to end it.
func (d *demo) stayUp(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-d.operator.Done():
		return fmt.Errorf("while it stayed up: %w", d.operator.Failure())
	}
}
