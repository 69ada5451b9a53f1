// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// MeshAgent refuses a field, and another user sets it meanwhile. Then the spec drops it, and the
// process that was refused is no longer there.
func TestARefusedFieldIsNotOurs(t *testing.T) {
	t.Parallel()
	for name, restarted := range map[string]bool{"the same process": false, "another process": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				room := newRoom()
				s := newStage(t, simulator.Behavior{}, room)
				_, _ = s.pass(room)
				accept := s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Status: http.StatusBadRequest})
				s.edit(room, func() { room.Spec.Metadata = &runtime.RawExtension{Raw: []byte(`{"team": "first", "tier": "gold"}`)} })
				_, _ = s.pass(room)
				s.mustSay(room, "Stalled=True Rejected")
				accept()
				s.meshagent.Edit("rooms", room.Status.ID, func(doc map[string]any) {
					doc["metadata"] = map[string]any{"team": "first", "tier": "silver"}
				})
				if restarted {
					s.restart()
				}
				s.edit(room, func() { room.Spec.Metadata = team("first") })
				_, _ = s.pass(room)
				s.mustSay(room, "Synced=True InSync")
				if got := fmt.Sprint(s.meshagent.Documents("rooms")[0]["metadata"]); got != "map[team:first tier:silver]" {
					t.Errorf("MeshAgent holds %s", got)
				}
			})
		})
	}
}

// largeMetadata has so many members, below others if they are named.
func largeMetadata(members int, below ...string) *runtime.RawExtension {
	text := strings.Builder{}
	text.WriteString(`{"x": 1`)
	for i := range members {
		fmt.Fprintf(&text, `, "%s-%05d": %d`, strings.Repeat("long", 8), i, i)
	}
	text.WriteString("}")
	document := text.String()
	for _, name := range below {
		document = fmt.Sprintf("{%q: %s}", name, document)
	}
	return &runtime.RawExtension{Raw: []byte(document)}
}

// What an object sets is noted in its status, which can become too large.
func TestAnObjectThatIsTooLargeSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		fits, deep, large := newRoom(), newRoom(), newRoom()
		fits.Spec.Metadata = largeMetadata(5000)
		deep.ObjectMeta, deep.Spec.Metadata = named("deep"), largeMetadata(5000, strings.Repeat("long", 50))
		large.ObjectMeta, large.Spec.Metadata = named("large"), largeMetadata(15000)
		s := newStage(t, simulator.Behavior{}, fits, deep, large)
		for _, room := range []*v1alpha1.MeshRoom{fits, deep} { // what others lie below counts once
			_, _ = s.pass(room)
			s.mustSay(room, "Ready=True Available")
		}
		_, _ = s.pass(large)
		s.mustSay(large, "Stalled=True Invalid")
		s.mustHold("rooms", 2)

		// The API server may have other limits.
		s.status = func(obj client.Object) error {
			if room, ok := obj.(*v1alpha1.MeshRoom); ok && room.Status.AppliedFields != nil {
				return apierrors.NewRequestEntityTooLargeError("limit is 3145728")
			}
			return nil
		}
		small := newRoom()
		small.ObjectMeta = named("small")
		s.create(small)
		_, _ = s.pass(small)
		s.mustSay(small, "Stalled=True Invalid")
	})
}

// A resource goes while it is being left.
func TestALeftResourceThatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		feed := newFeed()
		feed.Spec.DeletionPolicy = v1alpha1.DeletionOrphan
		s := newStage(t, simulator.Behavior{}, feed)
		_, _ = s.pass(feed)
		id := feed.Status.ID
		s.meshagent.Inject(simulator.Fault{Method: http.MethodPut, Times: 1, Hook: func(*http.Request) { s.meshagent.Remove("feeds", id) }})
		s.delete(feed)
		_, _ = s.pass(feed)
		if !s.gone(feed) {
			t.Fatalf("the object is not gone: %v", feed.Status.Conditions)
		}
		again := newFeed()
		s.create(again)
		_, _ = s.pass(again)
		s.mustSay(again, "Ready=True Available")
		s.mustHold("feeds", 1)
	})
}
