// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"time"

	"github.com/meshagent/meshagent-operator/hack/child"
)

const (
	managerPath = "bin/manager"
	// driftInterval is short, to be seen. The default is 10 minutes.
	driftInterval = 5 * time.Second
)

func (d *demo) startOperator(ctx context.Context) error {
	args := []string{
		"--kubeconfig=" + d.plane.KubeconfigPath,
		"--meshagent-api-url=" + d.url,
		"--drift-interval=" + driftInterval.String(),
		"--health-probe-bind-address=0", // a fixed port may be taken, and nobody asks
		"--metrics-bind-address=0",
		"--zap-encoder=console", // for people
		"--zap-time-encoding=rfc3339",
		"--zap-stacktrace-level=panic",
	}
	d.detail("%s compares MeshAgent with what is declared every %s here (by default every 10 minutes).", managerPath, driftInterval)
	d.detail("Its log is %s", d.logPath())
	started, err := child.Start(ctx, d.logPath(), managerPath, args...)
	d.operator = started
	return err
}
