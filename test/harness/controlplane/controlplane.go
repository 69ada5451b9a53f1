// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controlplane

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// patience is how long a part may take to start or to stop. It is long, because several control
// planes may share two cores.
const patience = 3 * time.Minute

// Options say what to start. The zero value is an empty API server.
type Options struct {
	// CRDPaths are files and folders of CustomResourceDefinitions to install.
	CRDPaths []string

	// ControllerManager also starts kube-controller-manager. Without it, Kubernetes does not remove
	// deleted namespaces, collect owned objects or create service accounts.
	ControllerManager bool

	// KubeAPIServerFlags are added to the API server's command line, without the leading dashes.
	KubeAPIServerFlags map[string][]string

	// Dir is the folder of the kubeconfig, the logs and, until Stop, the state. Defaults to a
	// temporary folder that Stop removes.
	Dir string

	// LogDir is the folder of the processes' logs. Defaults to log in Dir.
	LogDir string
}

// ControlPlane is a running control plane.
type ControlPlane struct {
	// Config connects as a cluster administrator, with a high rate limit.
	Config *rest.Config

	// KubeconfigPath is a kubeconfig for the same administrator.
	KubeconfigPath string

	env         *envtest.Environment
	controllers *process
	leash       *leash
	logs        *logs
	state       string // removed by Stop
	stopped     sync.Once
	stopErr     error
}

// Start starts a control plane, and returns when it is ready, within a few seconds. If ctx ends,
// the start fails, but processes that were started continue, so the caller must call Stop. If the
// caller's process ends without Stop, for any reason, the control plane ends with it.
func Start(ctx context.Context, opts Options) (*ControlPlane, error) {
	c := &ControlPlane{}
	if err := c.start(ctx, opts); err != nil {
		return nil, errors.Join(fmt.Errorf("control plane: %w%s", err, c.logs.tail()), c.Stop())
	}
	return c, nil
}

func (c *ControlPlane) start(ctx context.Context, opts Options) error {
	names := []string{etcd, apiServer}
	if opts.ControllerManager {
		names = append(names, controllerManager)
	}
	binaries, err := find(names)
	if err != nil {
		return err
	}
	dir, err := c.makeFolders(opts)
	if err != nil {
		return err
	}
	if c.leash, err = newLeash(ctx, c.state, binaries); err != nil {
		return err
	}
	if err := c.startServers(opts); err != nil {
		return err
	}
	c.KubeconfigPath = filepath.Join(dir, "kubeconfig")
	if err := os.WriteFile(c.KubeconfigPath, c.env.KubeConfig, 0o600); err != nil {
		return err
	}
	if opts.ControllerManager {
		return c.startControllers(ctx)
	}
	return ctx.Err()
}

// makeFolders returns the folder that outlives the state. It is the same folder if that is
// temporary.
func (c *ControlPlane) makeFolders(opts Options) (string, error) {
	if opts.Dir != "" {
		if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
			return "", err
		}
	}
	state, err := os.MkdirTemp(opts.Dir, "controlplane-")
	if err != nil {
		return "", err
	}
	if c.state, err = filepath.Abs(state); err != nil {
		return "", err
	}
	dir := opts.Dir
	if dir == "" {
		dir = c.state
	}
	logDir := opts.LogDir
	if logDir == "" {
		logDir = filepath.Join(dir, "log")
	}
	c.logs = &logs{dir: logDir}
	return dir, os.MkdirAll(logDir, 0o700)
}

// startServers starts etcd and the API server.
func (c *ControlPlane) startServers(opts Options) error {
	etcdLog, err := c.logs.open(etcd)
	if err != nil {
		return err
	}
	serverLog, err := c.logs.open(apiServer)
	if err != nil {
		return err
	}
	server := &envtest.APIServer{
		Path:    c.leash.command(apiServer),
		CertDir: filepath.Join(c.state, "certificates"),
		Out:     serverLog,
		Err:     serverLog,
	}
	for name, values := range opts.KubeAPIServerFlags {
		server.Configure().Set(name, values...)
	}
	useExistingCluster := false // whatever USE_EXISTING_CLUSTER says, tests must not reach a user's real cluster
	c.env = &envtest.Environment{
		ControlPlane: envtest.ControlPlane{
			APIServer: server,
			Etcd: &envtest.Etcd{
				Path:    c.leash.command(etcd),
				DataDir: filepath.Join(c.state, "data"),
				Out:     etcdLog,
				Err:     etcdLog,
			},
		},
		UseExistingCluster:       &useExistingCluster,
		ControlPlaneStartTimeout: patience,
		ControlPlaneStopTimeout:  patience,
		ErrorIfCRDPathMissing:    true,
		CRDInstallOptions:        envtest.CRDInstallOptions{Paths: opts.CRDPaths, MaxTime: patience},
	}
	if err := os.Mkdir(server.CertDir, 0o700); err != nil {
		return err
	}
	if c.Config, err = c.env.Start(); err != nil {
		return err
	}
	// envtest creates certificates for webhooks in a folder that only Stop removes. There are no
	// webhooks.
	return c.env.WebhookInstallOptions.Cleanup()
}

// RestartAPIServer kills the API server, as a crash does, and starts it at the same address.
func (c *ControlPlane) RestartAPIServer(ctx context.Context) error {
	if err := c.leash.kill(ctx, apiServer); err != nil {
		return fmt.Errorf("killing the API server: %w", err)
	}
	if err := c.env.ControlPlane.APIServer.Start(); err != nil {
		return fmt.Errorf("starting the API server again: %w", err)
	}
	return nil
}

// AddUser returns a connection as another user, with the permissions that RBAC grants to the name
// and the groups.
func (c *ControlPlane) AddUser(name string, groups ...string) (*rest.Config, error) {
	user, err := c.env.AddUser(envtest.User{Name: name, Groups: groups}, &rest.Config{QPS: c.Config.QPS, Burst: c.Config.Burst})
	if err != nil {
		return nil, err
	}
	return user.Config(), nil
}

// Stop ends all processes and removes the state. It can be called more than once.
func (c *ControlPlane) Stop() error {
	c.stopped.Do(func() { c.stopErr = c.stop() })
	return c.stopErr
}

func (c *ControlPlane) stop() error {
	var errs []error
	if c.controllers != nil {
		errs = append(errs, c.controllers.stop())
	}
	if c.env != nil {
		errs = append(errs, c.env.Stop())
	}
	if c.leash != nil {
		errs = append(errs, c.leash.release())
	}
	c.logs.close()
	if c.state != "" {
		errs = append(errs, os.RemoveAll(c.state))
	}
	return errors.Join(errs...)
}
