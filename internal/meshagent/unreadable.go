// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// unreadableLists remembers which lists were too large when they were last read.
type unreadableLists struct {
	mu  sync.Mutex
	all map[string]time.Time // by path
}

// noteList remembers how reading a list ended, and returns the error.
func (c *Client) noteList(at route, err error) error {
	tooLarge := errors.Is(err, ErrAnswerTooLarge)
	if err != nil && !tooLarge {
		return err // the error says nothing about the size
	}
	c.lists.mu.Lock()
	defer c.lists.mu.Unlock()
	if !tooLarge {
		delete(c.lists.all, at.path)
		return err
	}
	if c.lists.all == nil {
		c.lists.all = map[string]time.Time{}
	}
	_, known := c.lists.all[at.path]
	c.lists.all[at.path] = time.Now()
	if unreadable, ok := errors.AsType[*AnswerError](err); ok {
		unreadable.News = !known
	}
	return err
}

// ListsTooLarge names the collections of the project that are too large to be listed, such as
// "rooms" or "rooms/support/services". It forgets collections that were not listed since a moment,
// because their parent may be gone.
func (p *Project) ListsTooLarge(since time.Time) []string {
	lists := &p.client.lists
	lists.mu.Lock()
	defer lists.mu.Unlock()
	maps.DeleteFunc(lists.all, func(_ string, at time.Time) bool { return at.Before(since) })
	var names []string
	for path := range lists.all {
		if name, ok := strings.CutPrefix(path, p.route.path+"/"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
