// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package listcache

import (
	"testing"
	"testing/synctest"

	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// While creations fail, each of many objects asks whether its own creation was carried out. One
// list answers all of them.
func TestADoubtIsAboutOneResource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &listed{rooms: func() ([]string, error) { return []string{"a", "b"}, nil }}
		s := cacheOf(l)
		ask := func(lists int32, about ...string) View[meshagent.RoomSpec, meshagent.Room] {
			t.Helper()
			list, err := s.ListedRecently(t.Context(), about...)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.lists.Load(); got != lists {
				t.Errorf("%d lists, not %d", got, lists)
			}
			return list
		}
		ask(1)
		s.Doubt("new one", "owner of one")
		s.Doubt("new two", "owner of two")
		ask(1, "another")
		ask(2, "owner of one")
		ask(2, "owner of two")
		ask(2, "new two")
		s.Doubt("a", "owner of a")
		list := ask(2, "b")
		if _, ok := list.Get("a"); ok {
			t.Error("the list from before the doubtful write is believed")
		}
		if list = ask(3, "a"); len(s.doubted) > 0 {
			t.Errorf("left in doubt: %v", s.doubted)
		}
		if _, ok := list.Get("a"); !ok {
			t.Error("the list from after it is not believed")
		}
		s.Doubt("", "owner of one without a key")
		ask(3, "another")
		s.Doubt()
		ask(4, "another")
	})
}
