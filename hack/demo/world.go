// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/meshagent/meshagent-operator/hack/child"
	"github.com/meshagent/meshagent-operator/test/harness/controlplane"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

const (
	firstKey    = simulator.DevelopmentKey
	secondKey   = "ma-AAAAAAAAAAAAAAAAAAAAAA-fJ5meXQlQN6US.B_wfkK5w-not-a-secret-either" // of the same project
	kubectlPath = "bin/k8s/kubectl"
	managerPath = "bin/manager"
)

// demo is everything that was started, and where to write about it.
type demo struct {
	out       io.Writer
	closed    func()    // called if out can no longer be written to
	begun     time.Time // when the last thing happened
	dir       string    // for all files; removed at the end
	env       []string
	plane     *controlplane.ControlPlane
	meshagent *simulator.Simulator
	recover   func() // ends an outage
	server    *http.Server
	url       string // of MeshAgent
	operator  *child.Process
}

func startKubernetes(ctx context.Context, d *demo) (err error) {
	if _, err := os.Stat(managerPath); err != nil {
		return fmt.Errorf("there is no %s here: run \"make demo\" in the top folder of meshagent-operator", managerPath)
	}
	if d.dir, err = os.MkdirTemp("", "meshagent-demo-"); err != nil {
		return fmt.Errorf("creating a folder for the demo: %w", err)
	}
	d.tell("Starting Kubernetes. This takes a few seconds, or longer on a busy machine.")
	d.plane, err = controlplane.Start(ctx, controlplane.Options{ControllerManager: true, Dir: d.dir})
	if err != nil {
		return err
	}
	d.env = append(os.Environ(), "KUBECONFIG="+d.plane.KubeconfigPath,
		"KUBECACHEDIR="+filepath.Join(d.dir, "kubectl"), "KUBERC=off") // neither leave traces in the user's home, nor take preferences from it
	d.indent(fmt.Sprintf("Kubernetes is up after %.0f s.", time.Since(d.begun).Seconds()))
	return nil
}

func startMeshAgent(ctx context.Context, d *demo) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("finding a port for the simulator: %w", err)
	}
	d.url, d.meshagent = "http://"+listener.Addr().String(), simulator.New()
	d.server = &http.Server{Handler: d.meshagent, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = d.server.Serve(listener) }() // until stop closes it
	d.indent("MeshAgent is up. To see its content and all requests, open " + d.url + "/_simulator/ in a browser.")
	return nil
}

func startOperator(ctx context.Context, d *demo) (err error) {
	d.indent("The log of the operator is " + d.logPath())
	d.operator, err = child.Start(ctx, d.logPath(), managerPath,
		"--kubeconfig="+d.plane.KubeconfigPath, "--meshagent-api-url="+d.url, "--allowed-endpoints=*", "--drift-interval=3s",
		"--health-probe-bind-address=0", "--metrics-bind-address=0", // fixed ports may be taken
		"--zap-encoder=console", "--zap-time-encoding=rfc3339", "--zap-stacktrace-level=panic")
	return err
}

func (d *demo) logPath() string { return filepath.Join(d.dir, "operator.log") }

// stop ends everything that was started, in reverse order, and removes the folder.
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
	return errors.Join(append(errs, os.RemoveAll(d.dir))...) // does nothing if the folder was not created
}

// setMetadata changes a room in MeshAgent, as anyone with an account can do.
func (d *demo) setMetadata(name string, metadata map[string]any) {
	for _, document := range d.meshagent.Documents("rooms") {
		if id, ok := document["id"].(string); ok && document["name"] == name {
			d.meshagent.Edit("rooms", id, func(document map[string]any) { document["metadata"] = metadata })
		}
	}
}

// diagnose prints what can explain a failure.
func (d *demo) diagnose(ctx context.Context) {
	if d.plane != nil {
		out, _ := d.kubectl(ctx, "get meshagent -A -o wide") // it may be what fails
		d.indent(out)
	}
	if log, err := os.ReadFile(d.logPath()); err == nil {
		lines := strings.Split(strings.TrimSpace(string(log)), "\n")
		d.printf("The operator's log ends with:\n%s\n", strings.Join(lines[max(0, len(lines)-10):], "\n"))
	}
}

// next says what to do after the last step. A demo that stays up can be used.
func (d *demo) next(ends bool) {
	if !ends {
		d.explain()
	}
	d.printf(`
What next:

      Install the operator on a cluster   https://github.com/meshagent/meshagent-operator/blob/main/docs/install.md
      Read about each kind                https://github.com/meshagent/meshagent-operator/blob/main/docs/README.md
`)
}

func (d *demo) explain() {
	here, _ := os.Getwd() // only for the commands below
	d.printf(`
The demo stays up until you press Ctrl-C. Paste this into another terminal:

      cd '%s'
      export KUBECONFIG='%s' PATH="$PWD/bin/k8s:$PATH"

Then, for example:

      kubectl get meshagent -o wide           # all objects, with their conditions
      kubectl describe meshroom support       # one object, with its conditions and events
      kubectl edit meshroom support           # change the object
      kubectl explain meshroom.spec           # all fields of a kind

Delete a room in MeshAgent, and watch the operator create it again with another id:

      curl -sS -X DELETE -H 'Authorization: Bearer %s' \
        "%s/accounts/projects/%s/rooms/$(kubectl get meshroom support -o 'jsonpath={.status.id}')"
      kubectl get meshroom support -w

To see what MeshAgent holds, open this page in a browser:

      %s/_simulator/
`, here, d.plane.KubeconfigPath, secondKey, d.url, d.meshagent.ProjectID(), d.url)
}

func (d *demo) printf(format string, args ...any) {
	if _, err := fmt.Fprintf(d.out, format, args...); err != nil {
		d.closed()
	}
}

// tell prints what happens now, and starts the clock that look reads.
func (d *demo) tell(format string, args ...any) {
	d.begun = time.Now()
	d.indent(fmt.Sprintf(format, args...))
}

// indent prints lines below the title of a step.
func (d *demo) indent(text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		d.printf("%s\n", strings.TrimRight("      "+line, " \n"))
	}
}
