// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// step is a part of the demo. It relies on those before it, and a step that fails ends the demo.
type step struct {
	title string
	why   string // what it shows, for a reader who knows Kubernetes and not the operator
	acts  []act
}

// What is waited for.
const (
	all       = "meshagent --all" // the category of all kinds
	ready     = "wait --timeout=2m --for=condition=Ready "
	synced    = "wait --timeout=2m --for=condition=Synced "
	outOfSync = "wait --timeout=2m --for=condition=Synced=False "
	stalled   = "wait --timeout=2m --for=condition=Stalled "
)

var steps = []step{
	{"Start Kubernetes and MeshAgent", `
Both run on this machine: etcd, kube-apiserver and kube-controller-manager, and a simulated
MeshAgent that keeps everything in memory.`, []act{startKubernetes, startMeshAgent}},

	{"Install the operator", `
It needs the API key of a MeshAgent project, in a Secret. Here it compares MeshAgent with what is
declared every 3 seconds. The default is 10 minutes.`, []act{
		quietly("apply --server-side -k config/crd"),
		quietly("wait --timeout=2m --for=condition=Established crd --all"),
		kubectl("create secret generic meshagent-api-key --from-literal=apiKey=" + firstKey),
		startOperator,
	}},

	{"Declare rooms, services, secrets, routes, feeds and grants", `
The operator creates all of them in MeshAgent, in the order that their references need.
kubectl wait works with every kind.`, []act{
		kubectl("apply -k config/samples"),
		quietly(ready + all),
		kubectl("get meshagent"),
		look("rooms", "support", "oncall", "owner"),
	}},

	{"Change things in Kubernetes", `
A changed spec, or a changed Kubernetes Secret, is in MeshAgent a moment later.`, []act{
		kubectl(`patch meshroom support --type=merge -p {"spec":{"metadata":{"team":"customer-care"}}}`),
		look("rooms", "support", "customer-care"),
		kubectl(`patch secret openai --type=merge -p {"stringData":{"api-key":"sk-another-key"}}`),
		look("secrets", "openai", "sk-another-key"),
		quietly(synced + all),
	}},

	{"Change things in MeshAgent, behind the operator's back", `
The operator corrects what you declare, with an event that names the fields. It leaves alone what
others add.`, []act{
		happens("someone sets the metadata of room support to team: taken-over, note: added by hand.", func(d *demo) {
			d.setMetadata("support", map[string]any{"team": "taken-over", "note": "added by hand"})
		}),
		look("rooms", "support", "customer-care", "added by hand"),
		until("get events --field-selector reason=DriftCorrected -o custom-columns=OBJECT:.involvedObject.name,MESSAGE:.message", "support"),
	}},

	{"Adopt what exists already", `
The operator does not change what it did not create. First you see what would change, then you
agree.`, []act{
		happens("someone creates room lounge with the metadata purpose: tea, floor: 2.", func(d *demo) {
			d.meshagent.Add("rooms", map[string]any{"name": "lounge", "metadata": map[string]any{"purpose": "tea", "floor": 2}})
		}),
		kubectl("apply -f hack/demo/lounge.yaml"),
		quietly(stalled + "meshroom lounge"),
		kubectl(`get meshroom lounge -o jsonpath={range .status.conditions[?(@.type=="Stalled")]}{.reason}: {.message}`),
		say("Look first. With Observe the operator writes nothing, and status.drift lists what it would change."),
		kubectl(`patch meshroom lounge --type=merge -p {"spec":{"reconcilePolicy":"Observe","adoptionPolicy":"IfUnowned"}}`),
		until("get meshroom lounge -o jsonpath={.status.drift}", "coffee"),
		say("You agree. The operator takes the room over. The floor, which the spec does not mention, stays."),
		kubectl(`patch meshroom lounge --type=merge -p {"spec":{"reconcilePolicy":"Enforce"}}`),
		quietly(synced + "meshroom lounge"),
		look("rooms", "lounge", "coffee", "floor"),
		until(`get meshroom lounge -o jsonpath={"adopted: "}{.status.adopted}`, "true"),
	}},

	{"MeshAgent has an outage", `
Ready stays True: the room is still there. Synced says what is wrong. The operator applies what you
change during the outage as soon as it can.`, []act{
		happens("it answers every request with 503 from now on.", func(d *demo) { d.recover = d.meshagent.Inject(simulator.Fault{Status: 503}) }),
		kubectl(`patch meshroom support --type=merge -p {"spec":{"metadata":{"team":"night-shift"}}}`),
		quietly(outOfSync + "meshroom support"),
		kubectl(`get meshroom support -o jsonpath={range .status.conditions[*]}{.type}={.status}: {.message}{"\n"}{end}`),
		happens("it is back.", func(d *demo) { d.recover() }),
		look("rooms", "support", "night-shift"),
		kubectl(synced + "meshroom support"),
	}},

	{"The API key is revoked", `
The MeshProject says so, and what was Ready stays Ready. Put another key into the Secret, and the
operator continues.`, []act{
		happens("someone revokes the API key.", func(d *demo) { d.meshagent.RevokeAPIKey(firstKey) }),
		quietly(outOfSync + "meshproject default"),
		kubectl("get meshproject default -o wide"),
		until("get meshroom support", `True +False`),
		happens("someone creates another API key.", func(d *demo) { _ = d.meshagent.AddAPIKey(secondKey) }), // else what follows fails
		kubectl(`patch secret meshagent-api-key --type=merge -p {"stringData":{"apiKey":"` + secondKey + `"}}`),
		kubectl(synced + "meshproject default"),
	}},

	{"Someone deletes more than they intended", `
A deletion guard limits how many resources the operator deletes in MeshAgent within an hour. The
others wait until you allow their deletion.`, []act{
		kubectl(`patch meshproject default --type=merge -p {"spec":{"deletionGuard":{"maxPerHour":1}}}`),
		kubectl("apply -f hack/demo/rooms.yaml"),
		quietly(ready + "meshroom one two three"),
		kubectl("delete meshroom one two three --wait=false"),
		until(`get meshroom -o custom-columns=NAME:.metadata.name,REASON:.status.conditions[?(@.type=="Synced")].reason`, "(?s)DeletionHeld.*DeletionHeld"),
		say("Two of the three are still there. Allow their deletion for an hour:"),
		kubectl("annotate meshproject default meshagent.com/allow-deletions-until=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339)),
		kubectl("wait --timeout=2m --for=delete meshroom/one meshroom/two meshroom/three"),
		gone("rooms", "one", "two", "three"),
	}},

	{"Delete what was adopted, and check everything else", `
MeshAgent keeps what the operator did not create.`, []act{
		kubectl("delete meshroom lounge"),
		look("rooms", "lounge", "coffee"),
		kubectl(synced + all),
	}},
}
