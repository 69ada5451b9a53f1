// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package listcache

import (
	"context"
	"crypto/rand"
	"fmt"
	"iter"
	"sync/atomic"
	"testing"
	"time"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// counted is a room that counts how often its name or its owner is read.
type counted struct{ meshagent.RoomSpec }

var rowsRead atomic.Int64

func (c counted) Key() string {
	rowsRead.Add(1)
	return c.RoomSpec.Key()
}

func (c counted) Mark() meshagent.Mark {
	rowsRead.Add(1)
	return c.RoomSpec.Mark()
}

func (c counted) WithMark(meshagent.Mark) counted { return c }
func (c counted) Identity() string                { return "id of " + c.Name }
func (c counted) Written() counted                { return c }

type countedRooms struct {
	meshagent.Collection[counted, counted]
}

func (countedRooms) Path() string { return "/rooms" }

func (countedRooms) All(context.Context) iter.Seq2[counted, error] {
	return func(yield func(counted, error) bool) {
		for i := range 10_000 {
			marked := meshagent.RoomSpec{Name: fmt.Sprint("room ", i)}.WithMark(meshagent.Mark{Owner: fmt.Sprint("owner ", i%5000)})
			if !yield(counted{marked}, nil) {
				return
			}
		}
	}
}

func TestRowsAreFoundWithoutLookingAtAll(t *testing.T) {
	t.Parallel()
	all := Caches[counted, counted]{interval: time.Hour}
	s := all.Of(rand.Text(), countedRooms{})
	list, err := s.ListedSince(t.Context(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	rowsRead.Store(0)
	for i := range 10_000 {
		if found := list.ByKey(fmt.Sprint("room ", i)); len(found) != 1 || found[0].Name != fmt.Sprint("room ", i) {
			t.Fatalf("got %v", found)
		}
	}
	if found := list.ByOwner("owner 7"); len(found) != 2 {
		t.Errorf("of one owner: %v", found)
	}
	if n := rowsRead.Load(); n > 0 {
		t.Errorf("%d rows were looked at", n)
	}

	// Own writes are found, too: a rename, another owner, a deletion.
	renamed := counted{meshagent.RoomSpec{Name: "room 7"}.WithMark(meshagent.Mark{Owner: "another"})}
	renamed.Name = "renamed"
	s.Record("id of room 7", &renamed)
	s.Record("id of room 8", nil)
	for name, want := range map[string]int{"room 7": 0, "room 8": 0, "room 9": 1, "renamed": 1} {
		if found := list.ByKey(name); len(found) != want {
			t.Errorf("%s: %v", name, found)
		}
	}
	for name, want := range map[string]int{"owner 7": 1, "owner 8": 1, "another": 1, "": 0} {
		if found := list.ByOwner(name); len(found) != want {
			t.Errorf("of %s: %v", name, found)
		}
	}
}
