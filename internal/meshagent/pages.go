// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// paging says how to request the pages of a list.
type paging struct {
	size   string // the query parameter of the page size; "" for a list without pages
	number int
}

// The limits of a list: the number of pages, and the time without the wait for the rate limit. The
// time grows with the number of pages. So a long list ends even if the server is slow, and a list
// with almost no new rows does not continue forever.
const (
	maxPages    = 4096
	listTime    = 2 * time.Minute
	timePerPage = 2 * time.Second
)

// All sends GET on the collection until it has every page.
//
// Pages count from the beginning of a list that others can change meanwhile. If they delete a row,
// all later rows move towards the beginning, past the page that was just read. So each page begins
// with the last row of the page before. If its first row is known, no row was missed. Otherwise All
// goes back.
func (c collection[S, R]) All(ctx context.Context) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		holding, ok := ctx.Value(holdingKey{}).(*Holding)
		if !ok {
			holding = NewHolding(c.client)
			defer holding.Release()
		}
		ctx, waited := patient(ctx)
		at := place{seen: map[string]bool{}, overlap: 1, begun: time.Now(), waited: waited}
		for last := false; !last; {
			var rows []R
			var err error
			if rows, last, err = c.next(ctx, &at, holding); err != nil {
				var none R
				yield(none, c.client.noteList(c.route, err))
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
		_ = c.client.noteList(c.route, nil)
	}
}

// next reads the next page.
func (c collection[S, R]) next(ctx context.Context, at *place, holding *Holding) (fresh []R, last bool, err error) {
	at.pages++
	answer, err := c.page(ctx, at.next, holding)
	if err != nil {
		return nil, false, err
	}
	fresh, last, err = c.take(at, answer)
	if err == nil && !last {
		err = c.unreadable(at.bounded(time.Since(at.begun) - at.waited.total()))
	}
	return fresh, last, err
}

// place is the progress in a list.
type place struct {
	seen     map[string]bool // known identities
	next     int             // the offset of the next page
	end      int             // where the last page ended
	farthest int             // where the farthest page ended
	overlap  int             // how many rows a page has in common with the next
	gaps     int             // how many times All went back
	idle     int             // consecutive pages that led farther without new rows
	pages    int             // requested pages
	begun    time.Time
	waited   *patience // for the rate limit
}

// bounded returns an error if the list must not have another page.
func (p *place) bounded(spent time.Duration) error {
	switch {
	case p.pages >= maxPages, len(p.seen) > maxRows:
		return ErrAnswerTooLarge
	case spent > listTime+time.Duration(p.pages)*timePerPage:
		return errSlow
	}
	return nil
}

// take returns the new rows of a page, and whether the page is the last one. It returns no rows if
// some may be missing between this page and the earlier ones.
func (c collection[S, R]) take(at *place, answer page[R]) (fresh []R, last bool, err error) {
	rows := answer.rows
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
	if c.last(at, len(rows), answer.total) {
		return fresh, true, nil
	}
	return fresh, false, c.unreadable(at.forward(len(rows), len(fresh)))
}

var (
	errEndless  = errors.New("the list does not end: its pages repeat the same rows")
	errChanging = errors.New("the list changes faster than it can be read")
	errSlow     = errors.New("reading the list takes too long")
)

// back goes back, farther each time. At the beginning of the list no row can be missing.
func (p *place) back() error {
	if p.gaps++; p.gaps > 10 {
		return errChanging
	}
	p.overlap *= 8
	p.next = max(0, p.end-p.overlap)
	return nil
}

// forward moves past a page. As long as others delete rows no faster than before, it need not go
// back again.
func (p *place) forward(rows, fresh int) error {
	p.end = p.next + rows
	p.overlap = min(p.overlap, max(1, rows/2))
	p.next = max(p.end-p.overlap, p.next+1) // a server that returns a single row at a time would return the same row again
	if fresh > 0 {
		p.idle = 0
	} else if p.end > p.farthest {
		p.idle++ // either the list repeats itself, or others added enough rows to fill a page
	}
	p.farthest = max(p.farthest, p.end)
	if p.idle > 3 {
		return errEndless
	}
	return nil
}

// last is true if there is no further page. MeshAgent may return smaller pages than requested. So
// only a total shows the end, or a page without rows after the ones that it shares with the page
// before.
func (c collection[S, R]) last(at *place, rows int, total *int) bool {
	switch end := at.next + rows; {
	case c.paging.size == "" || rows == 0:
		return true
	case total != nil:
		return end >= *total
	default:
		return at.next < at.end && end <= at.end
	}
}

// page reads one page. It can have slightly more rows than requested.
func (c collection[S, R]) page(ctx context.Context, offset int, holding *Holding) (out page[R], err error) {
	const slack = 100
	query, most := maps.Clone(c.filter), maxRows
	if c.paging.size != "" {
		if query == nil {
			query = url.Values{}
		}
		query.Set(c.paging.size, strconv.Itoa(c.paging.number))
		query.Set("offset", strconv.Itoa(offset))
		most = c.paging.number + slack
	}
	get := request{method: http.MethodGet, route: c.route, query: query, open: c.open}
	get.read = func(a *answer) (err error) {
		out, err = readPage[S, R](a, c.member, most, holding)
		return err
	}
	return out, c.client.do(ctx, get)
}
