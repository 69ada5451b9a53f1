// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// controllers are those with an effect even if there are no nodes.
var controllers = []string{
	"namespace-controller",
	"garbage-collector-controller",
	"serviceaccount-controller",
	"clusterrole-aggregation-controller",
}

// startControllers starts kube-controller-manager and waits until it works.
func (c *ControlPlane) startControllers(ctx context.Context) error {
	log, err := c.logs.open(controllerManager)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(context.WithoutCancel(ctx), c.leash.command(controllerManager),
		"--kubeconfig="+c.KubeconfigPath,
		"--controllers="+strings.Join(controllers, ","),
		"--leader-elect=false",
		"--secure-port=0", // no client reads its health or metrics, and the port may be in use
		"--kube-api-qps=200",
		"--kube-api-burst=400",
	)
	cmd.Stdout, cmd.Stderr = log, log
	if c.controllers, err = startProcess(cmd); err != nil {
		return err
	}
	return c.awaitControllers(ctx)
}

// awaitControllers waits for an object that only a controller creates.
func (c *ControlPlane) awaitControllers(ctx context.Context) error {
	reader, err := client.New(c.Config, client.Options{})
	if err != nil {
		return err
	}
	var last error
	err = wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		if c.controllers.ended() {
			return false, errors.New("it ended")
		}
		last = reader.Get(ctx, client.ObjectKey{Namespace: "default", Name: "default"}, &corev1.ServiceAccount{})
		return last == nil, nil
	})
	if err != nil {
		return fmt.Errorf("%s does not work: %w", controllerManager, errors.Join(err, last))
	}
	return nil
}

// process is a child in a process group of its own, like those of envtest.
type process struct {
	cmd  *exec.Cmd
	done chan struct{}
}

func startProcess(cmd *exec.Cmd) (*process, error) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = cmd.Wait() // the log says how it ended
	}()
	return p, nil
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop kills the process, because kube-controller-manager keeps no state.
func (p *process) stop() error {
	if p.ended() {
		return nil
	}
	err := p.cmd.Process.Kill()
	<-p.done
	return err
}
