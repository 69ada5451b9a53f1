// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/meshagent/meshagent-operator/internal/meshagent/simulator"
)

// roomServer has rooms, of which others delete and create some while they are listed, in the order of their names.
type roomServer struct {
	*simulator.Simulator

	ids map[string]string // by name
}

func serveRooms(count, page int) roomServer {
	s := roomServer{simulator.New(simulator.WithMaxPage(page)), map[string]string{}}
	for i := range count {
		s.add(fmt.Sprintf("room-%03d", i))
	}
	return s
}

func (s roomServer) add(name string) {
	s.ids[name] = s.Add("rooms", map[string]any{"name": name, "metadata": map[string]any{}})
}

func (s roomServer) remove(names ...string) {
	for _, name := range names {
		s.Remove("rooms", s.ids[name])
		delete(s.ids, name)
	}
}

// before has something done just before a page is answered, the first being 0.
func (s roomServer) before(page int, do func()) {
	s.Inject(simulator.Fault{Path: "/rooms$", Skip: page, Times: 1, Hook: func(*http.Request) { do() }})
}

// list returns the names, in the order in which they come.
func (s roomServer) list(t *testing.T) (names []string, err error) {
	t.Helper()
	for room, err := range simulated(t, s.Simulator).Rooms().All(t.Context()) {
		if err != nil {
			return names, err
		}
		names = append(names, room.Name)
	}
	return names, nil
}

// That something is not in a list is taken for a proof that there is none: then it is created.
func TestAListHasAllThatStays(t *testing.T) {
	t.Parallel()
	first := func(count int) (names []string) {
		for i := range count {
			names = append(names, fmt.Sprintf("room-%03d", i))
		}
		return names
	}
	for name, test := range map[string]struct {
		page    int // the most rows that the server gives at once; unset: 100
		meddle  func(roomServer)
		pages   int      // that may be asked for
		missing []string // that were deleted before they were seen
	}{
		"of one that nobody changes":                {pages: 3},
		"of one that nobody changes, row by row":    {page: 1, pages: 250},
		"of one that nobody changes, in twos":       {page: 2, pages: 249},
		"while one row before goes":                 {meddle: func(s roomServer) { s.before(1, func() { s.remove("room-000") }) }, pages: 4},
		"while several rows before go":              {meddle: func(s roomServer) { s.before(1, func() { s.remove(first(20)...) }) }, pages: 6},
		"while more rows go than are on a page":     {meddle: func(s roomServer) { s.before(2, func() { s.remove(first(180)...) }) }, pages: 6},
		"while all rows go that were seen":          {meddle: func(s roomServer) { s.before(1, func() { s.remove(first(100)...) }) }, pages: 6},
		"while the last row that was seen goes":     {meddle: func(s roomServer) { s.before(1, func() { s.remove("room-099") }) }, pages: 4},
		"while so many go that none is left behind": {meddle: func(s roomServer) { s.before(2, func() { s.remove(first(198)...) }) }, pages: 6},
		"while rows come":                           {meddle: func(s roomServer) { s.before(1, func() { s.add("a"); s.add("b") }) }, pages: 3},
		"while a page of rows comes": {meddle: func(s roomServer) {
			s.before(1, func() {
				for i := range 100 {
					s.add(fmt.Sprint("a-", i))
				}
			})
		}, pages: 10},
		"while a row comes and one goes": {meddle: func(s roomServer) { s.before(1, func() { s.add("a"); s.remove("room-000") }) }, pages: 3},
		"while a row ahead goes":         {meddle: func(s roomServer) { s.before(1, func() { s.remove("room-200") }) }, pages: 3, missing: []string{"room-200"}},
		"while a row goes before each page": {meddle: func(s roomServer) {
			for i := range 30 {
				s.before(1+i, func() { s.remove(fmt.Sprintf("room-%03d", i)) })
			}
		}, pages: 4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serveRooms(250, cmp.Or(test.page, 100))
			if test.meddle != nil {
				test.meddle(server)
			}
			names, err := server.list(t)
			if err != nil {
				t.Fatal(err)
			}
			want := first(250)
			want = slices.DeleteFunc(want, func(name string) bool { return slices.Contains(test.missing, name) })
			for _, name := range want {
				if server.ids[name] != "" && !slices.Contains(names, name) {
					t.Errorf("%s is missing", name)
				}
			}
			if once := slices.Compact(slices.Sorted(slices.Values(names))); len(once) != len(names) {
				t.Errorf("%d rows are listed twice", len(names)-len(once))
			}
			if pages := len(server.Calls()); pages > test.pages {
				t.Errorf("%d pages were asked for, more than %d", pages, test.pages)
			}
		})
	}
}

func TestAListThatIsNeverStableIsGivenUp(t *testing.T) {
	t.Parallel()
	row, asked := 0, 0
	client := answering(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		rows := make([]Feed, 100)
		for i := range rows {
			if r.URL.Query().Get("offset") != "0" {
				row++ // never one that was seen
			}
			rows[i] = Feed{ID: strconv.Itoa(row + i), FeedSpec: FeedSpec{Name: "x"}}
		}
		row += 100
		_ = json.NewEncoder(w).Encode(map[string]any{"feeds": rows, "total": 1000})
		if asked > 50 {
			t.Fatal("it does not give up")
		}
	})
	var failed error
	for _, failed = range client.Project("p").Feeds().All(t.Context()) {
		_ = failed
	}
	if _, ok := errors.AsType[*NetworkError](failed); !ok || !strings.Contains(failed.Error(), "feeds: the list changes while it is read") {
		t.Errorf("got %v after %d pages", failed, asked)
	}
}
