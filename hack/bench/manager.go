// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/meshagent/meshagent-operator/hack/child"
)

// manager is a running bin/manager, the same program that is released.
type manager struct {
	process *child.Process
	metrics string // URL of the metrics
	started time.Time
}

// start starts the manager. It ends with the world at the latest.
func (w *world) start(ctx context.Context, driftInterval time.Duration) (*manager, error) {
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	args := []string{
		"--kubeconfig=" + w.plane.KubeconfigPath, "--meshagent-api-url=" + w.url, "--allowed-endpoints=*", "--owner-id=bench", "--health-probe-bind-address=0",
		"--drift-interval=" + driftInterval.String(), "--metrics-secure=false", "--metrics-bind-address=" + address,
	}
	log := filepath.Join(w.dir, fmt.Sprintf("manager-%d.log", len(w.closers)))
	process, err := child.Start(ctx, log, filepath.Join("bin", "manager"), args...)
	if err != nil {
		return nil, err
	}
	m := &manager{process: process, metrics: "http://" + address + "/metrics", started: time.Now()}
	w.closers = append(w.closers, m.stop)
	return m, until(ctx, often, "the manager answers", func() (bool, error) {
		if err := process.Failure(); err != nil {
			text, _ := os.ReadFile(log)
			return false, fmt.Errorf("%w: %s", err, text)
		}
		_, err := m.read(ctx)
		return err == nil, nil
	})
}

func (m *manager) stop() error {
	select {
	case <-m.process.Done():
		return nil // it was stopped before
	default:
		return m.process.Stop()
	}
}

// freeAddress finds an unused address.
func freeAddress(ctx context.Context) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a port for the manager: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}

// reading is what the manager has used and done so far.
type reading struct {
	at             time.Time
	cpu            time.Duration
	resident, peak float64            // MiB
	kubernetes     map[string]float64 // requests by method
	passes         float64            // over mirrored objects
}

// read combines figures of the kernel with the manager's own metrics.
func (m *manager) read(ctx context.Context) (reading, error) {
	r := reading{at: time.Now(), kubernetes: map[string]float64{}}
	var err error
	if r.cpu, err = cpuTime(m.process.PID()); err != nil {
		return r, err
	}
	status := filepath.Join("/proc", strconv.Itoa(m.process.PID()), "status")
	r.resident, r.peak = mebibytes(field(status, "VmRSS")), mebibytes(field(status, "VmHWM"))
	text, err := get(ctx, m.metrics)
	if err != nil {
		return r, err
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(text))
	if err != nil {
		return r, fmt.Errorf("reading the manager's metrics: %w", err)
	}
	for _, metric := range families["rest_client_requests_total"].GetMetric() {
		r.kubernetes[label(metric, "method")] += metric.GetCounter().GetValue()
	}
	for _, metric := range families["controller_runtime_reconcile_total"].GetMetric() {
		if label(metric, "controller") != "meshproject" {
			r.passes += metric.GetCounter().GetValue()
		}
	}
	return r, nil
}

// label is the value of a metric's label.
func label(metric *dto.Metric, name string) string {
	for _, pair := range metric.GetLabel() {
		if pair.GetName() == name {
			return pair.GetValue()
		}
	}
	return ""
}

func get(ctx context.Context, url string) (body []byte, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("asking the manager: %w", err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the manager: %w", err)
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	return io.ReadAll(answer.Body)
}
