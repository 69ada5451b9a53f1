// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness/hostilevalue"
	"github.com/meshagent/meshagent-operator/test/harness/samples"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// A hostile value in any string of a spec arrives in MeshAgent as it is, or is refused with a
// reason.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	cells := newTally(t, samples.Kinds(samples.Mirrored()))
	for _, s := range samples.Mirrored() {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := &hostileSample{cluster: newCluster(t, simulator.Behavior{}), sample: s, apart: map[string]bool{}}
				h.ApplyNeeds(s, nil)
				h.before = h.Held()
				for _, value := range hostilevalue.All {
					h.takesEverywhere(value)
				}
				t.Logf("%d values arrived, %d were refused by MeshAgent or the operator, %d by the API server", h.arrived, h.refused, h.inadmissible)
				if h.arrived+h.refused+h.inadmissible > 0 {
					cells.strike(s.Kind)
				}
			})
		})
	}
}

// hostileSample is a sample with values in its strings.
type hostileSample struct {
	*cluster
	sample samples.Sample
	before map[simulator.Foreign]string
	apart  map[string]bool // places at which something was refused, which are tried alone

	arrived, refused, inadmissible int
}

// takesEverywhere puts a value into all strings of the sample that admit it: into all at once, but
// alone into those at which it may not be used, so that no place hides what happens at another.
func (h *hostileSample) takesEverywhere(value string) {
	h.Helper()
	var shared []hostilevalue.Place
	for i, path := range hostilevalue.StringsIn([]any{"spec"}, h.manifest().Object["spec"]) {
		place := hostilevalue.At(path, i, value)
		switch {
		case !h.admits(place):
			h.inadmissible++
		case h.apart[place.String()]:
			h.takes(place)
		default:
			shared = append(shared, place)
		}
	}
	if len(shared) == 0 || h.takes(shared...) {
		return
	}
	for _, place := range shared {
		if len(shared) == 1 || !h.takes(place) {
			h.apart[place.String()] = true
		}
	}
}

// manifest is the sample as it is written down, with values at some places.
func (h *hostileSample) manifest(places ...hostilevalue.Place) *unstructured.Unstructured {
	made := manifest(h.sample.Kind, object(h.sample))
	for _, place := range places {
		hostilevalue.Put(made.Object, place.Path, place.Value)
	}
	return made
}

// admits says that the API server admits values together.
func (h *hostileSample) admits(places ...hostilevalue.Place) bool {
	h.Helper()
	err := api().Create(h.Context(), h.manifest(places...))
	if err != nil && !apierrors.IsInvalid(err) {
		h.Errorf("%q: %v", places, err)
	}
	return err == nil
}

// takes says that an object with values at some places becomes Ready. Then each value is in
// MeshAgent, as often as there are places for it.
func (h *hostileSample) takes(places ...hostilevalue.Place) (ready bool) {
	h.Helper()
	if !h.admits(places...) {
		return false // each of them is admitted, but not all of them together
	}
	obj := fromManifest(h.sample, h.manifest(places...))
	h.Apply(obj)
	if !h.RunUntil(time.Minute, func() bool { ready = h.inSync(obj); return ready || h.isRefused(obj, places) }) {
		h.Errorf("%q at %v: neither Ready nor refused with a reason:%s", places[0].Value, places, h.Describe(obj))
	}
	if ready {
		h.mustHaveArrived(places)
	} else if len(places) == 1 {
		h.refused++
	}
	if strings.Contains(h.Describe(obj), "\nINFO injected") {
		h.Errorf("%q at %v breaks a line:%s", places[0].Value, places, h.Describe(obj))
	}
	h.CheckDeletion(obj)
	h.RequireHeld(h.before)
	return ready
}

func (h *hostileSample) inSync(obj v1alpha1.Object) bool {
	return h.Condition(obj, v1alpha1.ConditionReady) == "Ready=True Available" && h.Condition(obj, v1alpha1.ConditionSynced) == "Synced=True InSync"
}

// isRefused says that an object tells what is wrong: which may be that there is nothing of that
// name.
func (h *hostileSample) isRefused(obj v1alpha1.Object, places []hostilevalue.Place) bool {
	var quoted []string
	for _, place := range places {
		quoted = append(quoted, regexp.QuoteMeta(strconv.Quote(place.Value)))
	}
	refused := regexp.MustCompile(fmt.Sprintf(`(?s)Synced=False ((Rejected|Invalid): ..|(Reference|Secret|Project)NotFound: .*(%s))`, strings.Join(quoted, "|")))
	return refused.MatchString(h.Describe(obj))
}

func (h *hostileSample) mustHaveArrived(places []hostilevalue.Place) {
	h.Helper()
	var texts []string
	for where, document := range h.documents() {
		if _, known := h.before[where]; !known {
			texts = append(texts, hostilevalue.Texts(document)...)
		}
	}
	for _, place := range places {
		var arrived bool
		if texts, arrived = place.ArrivedIn(texts); !arrived {
			h.Errorf("%q: %v did not arrive in %q", place.Value, place, texts)
			continue
		}
		h.arrived++
	}
}

// documents are all that MeshAgent holds.
func (h *hostileSample) documents() map[simulator.Foreign]map[string]any {
	all := map[simulator.Foreign]map[string]any{}
	for _, one := range h.MeshAgent.All() {
		all[simulator.Foreign{Collection: one.Collection, ID: one.ID}] = one.Doc
	}
	return all
}
