// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
)

// paging says how a list is asked for its pages.
type paging struct {
	size   string // the query parameter of the page size; "" when the list is not paged
	number int
}

// All sends GET on the collection until it has every page.
//
// Pages are counted from the beginning of a list that others change meanwhile: what they delete moves all that follows towards the
// beginning, past the page that was read. So each page begins with the last row of the one before. If its first row is one that was
// seen, on whatever page, nothing was passed over. If not, it goes back.
func (c collection[S, R]) All(ctx context.Context) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		at := place{seen: map[string]bool{}, overlap: 1}
		for last := false; !last; {
			rows, total, err := c.page(ctx, at.next)
			if err == nil {
				rows, last, err = c.take(&at, rows, total)
			}
			if err != nil {
				var none R
				yield(none, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// place is how far a list was read.
type place struct {
	seen     map[string]bool // identities
	next     int             // the offset of the next page
	end      int             // where the last page ended
	farthest int             // where the farthest page ended
	overlap  int             // how many rows a page and the next have in common
	gaps     int             // how often it went back
	idle     int             // pages in a row that led farther, to nothing new
}

// take returns the rows of a page that are new, and whether the page is the last one. It returns none if rows may lie between this page and
// those before.
func (c collection[S, R]) take(at *place, rows []R, total *int) (fresh []R, last bool, err error) {
	overlaps := 0 < at.next && at.next < at.end
	if overlaps && (len(rows) == 0 || !at.seen[rows[0].Identity()]) {
		return nil, false, c.unreadable(at.back())
	}
	for _, row := range rows {
		if id := row.Identity(); !at.seen[id] {
			at.seen[id] = true
			fresh = append(fresh, row)
		}
	}
	if c.last(len(rows), at.next+len(rows), total) {
		return fresh, true, nil
	}
	return fresh, false, c.unreadable(at.forward(len(rows), len(fresh)))
}

var (
	errEndless  = errors.New("the list does not end: a page shows only what was on those before")
	errChanging = errors.New("the list changes while it is read")
)

// back goes back, farther each time. At the beginning of the list nothing can have been passed over.
func (p *place) back() error {
	if p.gaps++; p.gaps > 10 {
		return errChanging
	}
	p.overlap *= 8
	p.next = max(0, p.end-p.overlap)
	return nil
}

// forward goes on behind a page. As long as rows go as fast as they last did, it need not go back again.
func (p *place) forward(rows, fresh int) error {
	p.end = p.next + rows
	p.overlap = min(p.overlap, max(1, rows/2))
	p.next = max(p.end-p.overlap, p.next+1) // a server that gives a single row at a time would give the same one again
	if fresh > 0 {
		p.idle = 0
	} else if p.end > p.farthest {
		p.idle++ // or so many rows came that they fill a page
	}
	p.farthest = max(p.farthest, p.end)
	if p.idle > 3 {
		return errEndless
	}
	return nil
}

// last says that there is no further page. MeshAgent may give smaller pages than were asked for: a total is believed before the size of
// the page.
func (c collection[S, R]) last(rows, seen int, total *int) bool {
	switch {
	case c.paging.size == "" || rows == 0:
		return true
	case total != nil:
		return seen >= *total
	}
	return rows < c.paging.number
}

func (c collection[S, R]) page(ctx context.Context, offset int) (rows []R, total *int, err error) {
	query := maps.Clone(c.filter)
	if c.paging.size != "" {
		if query == nil {
			query = url.Values{}
		}
		query.Set(c.paging.size, strconv.Itoa(c.paging.number))
		query.Set("offset", strconv.Itoa(offset))
	}
	var answer map[string]json.RawMessage
	if err := c.client.do(ctx, request{method: http.MethodGet, route: c.route, query: query, out: &answer, list: true}); err != nil {
		return nil, nil, err
	}
	// An answer without the member must not pass for an empty collection.
	member, ok := answer[c.member]
	if !ok {
		return nil, nil, c.unreadable(fmt.Errorf("the list has no %q", c.member))
	}
	if err := json.Unmarshal(member, &rows); err != nil {
		return nil, nil, c.unreadable(fmt.Errorf("the list has a %q that is not what was expected", c.member))
	}
	if json.Unmarshal(answer["total"], &total) != nil {
		total = nil
	}
	return rows, total, nil
}

// unreadable says why the list cannot be read, unless there is no cause.
func (c collection[S, R]) unreadable(cause error) error {
	if cause == nil {
		return nil
	}
	return &NetworkError{Method: http.MethodGet, Route: c.route.template, Cause: cause}
}
