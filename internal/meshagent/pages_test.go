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
	"testing/synctest"
	"time"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// roomServer lists rooms by name. Others delete and create rooms while they are listed.
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

// before calls a function just before a page is answered. The first page is 0.
func (s roomServer) before(page int, do func()) {
	s.Inject(simulator.Fault{Path: "/rooms$", Skip: page, Times: 1, Hook: func(*http.Request) { do() }})
}

// list returns the names in the order of the list.
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

// The operator creates a resource that is missing from a list, so a list must not miss one.
func TestAListHasAllThatStays(t *testing.T) {
	t.Parallel()
	first := func(count int) (names []string) {
		for i := range count {
			names = append(names, fmt.Sprintf("room-%03d", i))
		}
		return names
	}
	for name, test := range map[string]struct {
		page    int // the most rows that the server returns at once; defaults to 100
		meddle  func(roomServer)
		pages   int      // limit of the requested pages
		missing []string // deleted before they were listed
	}{
		"without changes":                           {pages: 3},
		"without changes, row by row":               {page: 1, pages: 250},
		"without changes, in twos":                  {page: 2, pages: 249},
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
				t.Errorf("%d pages were requested, more than %d", pages, test.pages)
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
				row++ // a row that is not listed yet
			}
			rows[i] = Feed{ID: strconv.Itoa(row + i), FeedSpec: FeedSpec{Name: "x"}}
		}
		row += 100
		_ = json.NewEncoder(w).Encode(map[string]any{"feeds": rows, "total": 1000})
		if asked > 50 {
			t.Fatal("the client does not give up")
		}
	})
	var failed error
	for _, failed = range client.Project("p").Feeds().All(t.Context()) {
		_ = failed
	}
	if _, ok := errors.AsType[*NetworkError](failed); !ok || !errors.Is(failed, errChanging) {
		t.Errorf("got %v after %d pages", failed, asked)
	}
}

// A server that returns fewer rows than requested has more rows, unless its total says otherwise.
func TestAListWithoutTotalEndsWithAnEmptyPage(t *testing.T) {
	t.Parallel()
	const rows, limit = 95, 30
	asked := 0
	client := answering(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		offset, _ := strconv.Atoi(r.URL.Query().Get("offset"))
		var page []string
		for i := offset; i < min(offset+limit, rows); i++ {
			page = append(page, fmt.Sprintf(`{"room": {"id": "r"}, "user_id": "u%d"}`, i))
		}
		fmt.Fprintf(w, `{"room_grants": [%s]}`, strings.Join(page, ","))
	})
	found := 0
	for _, err := range client.Project("p").RoomGrants().All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		found++
	}
	if found != rows || asked > 5 {
		t.Errorf("%d rows of %d in %d pages", found, rows, asked)
	}
}

func TestAPageHasLittleMoreThanWasAskedFor(t *testing.T) {
	t.Parallel()
	for count, tooLarge := range map[int]bool{100: false, 200: false, 201: true} {
		rows := make([]Feed, count)
		for i := range rows {
			rows[i] = Feed{ID: strconv.Itoa(i), FeedSpec: FeedSpec{Name: "x"}}
		}
		client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]any{"feeds": rows, "total": count})
		})
		project := client.Project("p")
		if err := lastError(t.Context(), project.Feeds()); errors.Is(err, ErrAnswerTooLarge) != tooLarge {
			t.Errorf("%d rows: %v", count, err)
		}
		if names := strings.Join(project.ListsTooLarge(time.Now().Add(-time.Hour)), " "); (names == "feeds") != tooLarge {
			t.Errorf("%d rows: too large are %q", count, names)
		}
	}
}

// A small rate limit makes a list slow, but must not make it fail.
func TestAListWaitsForTheRateLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		key, err := ParseAPIKey(simulator.DevelopmentKey)
		if err != nil {
			t.Fatal(err)
		}
		server := serveRooms(250, 2)
		client, err := New(Options{Key: key, Transport: server, Limiter: NewLimiter(0.1, 1)})
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		if err := lastError(t.Context(), client.Project(server.ProjectID()).Rooms()); err != nil {
			t.Errorf("after %s: %v", time.Since(begun), err)
		}
		// Other requests fail with the delay for a retry.
		if _, err := client.Config(t.Context()); !NotSent(err) || status(err) != http.StatusTooManyRequests {
			t.Errorf("got %v", err)
		}
	})
}

func TestAListThatBringsNextToNothingEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		client := answering(t, func(w http.ResponseWriter, _ *http.Request) {
			asked++
			<-time.After(25 * time.Second)
			fmt.Fprintf(w, `{"feeds": [{"id": "%d", "name": "x"}], "total": 1000}`, asked)
		})
		if err := lastError(t.Context(), client.Project("p").Feeds()); !errors.Is(err, errSlow) || asked > 10 {
			t.Errorf("after %d pages: %v", asked, err)
		}
	})
}

func TestMemoryIsSharedFairly(t *testing.T) {
	t.Parallel()
	l := &ledger{limit: 100}
	if !l.take("a", 100) || l.take("a", 1) {
		t.Error("a single account must get the unused memory, and no more")
	}
	if !l.take("b", 50) || l.take("b", 1) || l.take("a", 1) {
		t.Error("another one gets its half")
	}
	l.give("a", 60)
	if l.take("b", 11) || !l.take("c", 20) || !l.take("c", 13) || l.take("c", 1) {
		t.Error("three have a third each")
	}
}
