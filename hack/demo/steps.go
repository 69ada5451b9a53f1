// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// step is a part of the demo. Each step relies on the earlier ones, so a step that fails ends the
// demo.
type step struct {
	title string
	why   string // what it shows, for a reader who knows Kubernetes and not the operator
	acts  []act
}

// Arguments of kubectl that several steps share.
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
The operator needs the API key of a MeshAgent project, in a Secret. In this demo it checks for drift
every 3 seconds. The default is 10 minutes.`, []act{
		quietly("apply --server-side -k config/crd"),
		quietly("wait --timeout=2m --for=condition=Established crd --all"),
		kubectl("create secret generic meshagent-api-key --from-literal=apiKey=" + firstKey),
		startOperator,
	}},

	{"Declare rooms, services, secrets, routes, feeds and grants", `
The operator creates all of them in MeshAgent, in the order that their references require.
"kubectl wait" works with every kind.`, []act{
		kubectl("apply -k config/samples"),
		quietly(ready + all),
		kubectl("get meshagent"),
		look("rooms", "support", "oncall", "owner"),
	}},

	{"Change things in Kubernetes", `
If you change a spec or a Kubernetes Secret, MeshAgent has the change a moment later.`, []act{
		kubectl(`patch meshroom support --type=merge -p {"spec":{"metadata":{"team":"customer-care"}}}`),
		look("rooms", "support", "customer-care"),
		kubectl(`patch secret openai --type=merge -p {"stringData":{"api-key":"sk-another-key"}}`),
		look("secrets", "openai", "sk-another-key"),
		quietly(synced + all),
	}},

	{"Change things in MeshAgent, behind the operator's back", `
The operator corrects the fields that you declare, and an event names them. It ignores what others
add.`, []act{
		happens("someone sets the metadata of room support to team: taken-over, note: added by hand.", func(d *demo) {
			d.setMetadata("support", map[string]any{"team": "taken-over", "note": "added by hand"})
		}),
		say("Waiting for the next drift check (every 3 s)."),
		look("rooms", "support", "customer-care", "added by hand"),
		until("get events --field-selector reason=DriftCorrected -o custom-columns=OBJECT:.involvedObject.name,MESSAGE:.message", "support"),
	}},

	{"Adopt a room that exists already", `
The operator does not change a resource that it did not create. First you see what would change,
then you allow it.`, []act{
		happens("someone creates room lounge with the metadata purpose: tea, floor: 2.", func(d *demo) {
			d.meshagent.Add("rooms", map[string]any{"name": "lounge", "metadata": map[string]any{"purpose": "tea", "floor": 2}})
		}),
		kubectl("apply -f hack/demo/lounge.yaml"),
		quietly(stalled + "meshroom lounge"),
		kubectl(`get meshroom lounge -o jsonpath={range .status.conditions[?(@.type=="Stalled")]}{.reason}: {.message}`),
		say("See the changes first. With Observe the operator writes nothing, and status.drift lists what it would change."),
		kubectl(`patch meshroom lounge --type=merge -p {"spec":{"reconcilePolicy":"Observe","adoptionPolicy":"IfUnowned"}}`),
		until("get meshroom lounge -o jsonpath={.status.drift}", "coffee"),
		say("Allow the changes. The operator adopts the room. The key floor stays, because the spec does not set it."),
		kubectl(`patch meshroom lounge --type=merge -p {"spec":{"reconcilePolicy":"Enforce"}}`),
		quietly(synced + "meshroom lounge"),
		look("rooms", "lounge", "coffee", "floor"),
		until(`get meshroom lounge -o jsonpath={"adopted: "}{.status.adopted}`, "true"),
	}},

	{"MeshAgent has an outage", `
Ready stays True, because the room still works. Synced says what is wrong. The operator applies
changes that you make during the outage as soon as MeshAgent is back.`, []act{
		happens("it now returns 503 for every request.", func(d *demo) { d.recover = d.meshagent.Inject(simulator.Fault{Status: 503}) }),
		kubectl(`patch meshroom support --type=merge -p {"spec":{"metadata":{"team":"night-shift"}}}`),
		quietly(outOfSync + "meshroom support"),
		kubectl(`get meshroom support -o jsonpath={range .status.conditions[*]}{.type}={.status}: {.message}{"\n"}{end}`),
		happens("the outage is over.", func(d *demo) { d.recover() }),
		say("Waiting for the next retry (after at most a few seconds)."),
		look("rooms", "support", "night-shift"),
		kubectl(synced + "meshroom support"),
	}},

	{"The API key is revoked", `
The MeshProject reports it, and objects that were Ready stay Ready. Put another key into the Secret,
and the operator continues.`, []act{
		happens("someone revokes the API key.", func(d *demo) { d.meshagent.RevokeAPIKey(firstKey) }),
		quietly(outOfSync + "meshproject default"),
		kubectl("get meshproject default -o wide"),
		until("get meshroom support", `True +False`),
		happens("someone creates another API key.", func(d *demo) { _ = d.meshagent.AddAPIKey(secondKey) }), // else what follows fails
		kubectl(`patch secret meshagent-api-key --type=merge -p {"stringData":{"apiKey":"` + secondKey + `"}}`),
		kubectl(synced + "meshproject default"),
	}},

	{"Someone deletes more than they intended", `
A deletion guard limits how many resources the operator deletes in MeshAgent within an hour. It
pauses the other deletions until you allow them.`, []act{
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

	{"Delete the adopted room, and check everything else", `
The adopted room stays in MeshAgent, because the operator did not create it.`, []act{
		kubectl("delete meshroom lounge"),
		look("rooms", "lounge", "coffee"),
		kubectl(synced + all),
	}},
}
