// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// explain says how to use what is up.
func (d *demo) explain() error {
	here, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the working directory: %w", err)
	}
	room, err := d.sampleRoom()
	if err != nil {
		return err
	}
	d.say("It stays up until you press Ctrl-C. To play with it, paste this into another terminal:\n")
	d.detail("cd %s", quoted([]string{here}))
	d.detail("export KUBECONFIG=%s", quoted([]string{d.plane.KubeconfigPath}))
	d.detail(`export PATH=%s:"$PATH"`, quoted([]string{filepath.Dir(d.kubectl.path)}))
	d.say("\nand then, for instance:\n")
	d.table([][]string{
		{"kubectl get meshagent -A -o wide", "all that is declared, and how it is doing"},
		{"kubectl describe " + room.String(), "one object, with its conditions and events"},
		{"kubectl explain " + room.kind.Kind + ".spec", "what can be declared"},
		{"kubectl edit " + room.String(), "change it"},
		{"kubectl delete " + lounge.String(), "delete it, in MeshAgent too"},
		{"kubectl apply -f " + loungePath, "and declare it again"},
		{"kubectl apply -k " + samplesPath, "go back to what was declared first"},
	})
	d.say("\nTo meddle with MeshAgent yourself, delete a room there, and see it come back with another id:\n")
	rooms := d.url + "/accounts/projects/" + d.meshagent.ProjectID() + "/rooms/"
	d.detail("curl -X DELETE -H 'Authorization: Bearer %s' \\\n  %s$(kubectl get %s -o 'jsonpath={.status.id}')\nkubectl get %s -w",
		simulator.DevelopmentKey, rooms, lounge, lounge)
	d.say("")
	d.table([][]string{
		{"What MeshAgent holds, and the calls that it gets:", d.url + "/_simulator/"},
		{"What the operator logs:", d.logPath()},
	})
	d.say("")
	return nil
}
