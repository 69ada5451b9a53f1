// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"errors"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// checkedRuns is how many runs of a schedule are looked at.
const checkedRuns = 100

var interval = regexp.MustCompile(`^(\d+) +(second|minute|hour|day)s?$`)

// shortestGap returns the shortest time between two of the next runs of a
// schedule: "N minutes|hours|days|seconds", or five cron fields.
func shortestGap(schedule string, from time.Time) (time.Duration, error) {
	if m := interval.FindStringSubmatch(schedule); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			return 0, errors.New("the number is too large")
		}
		unit := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[m[2]]
		return time.Duration(n) * unit, nil
	}
	c, err := parseCron(schedule)
	if err != nil {
		return 0, err
	}
	shortest := time.Duration(math.MaxInt64)
	runs := c.nextRuns(from)
	for i := 1; i < len(runs); i++ {
		shortest = min(shortest, runs[i].Sub(runs[i-1]))
	}
	return shortest, nil
}

// nextRuns returns a good hundred runs, or those of a year if they are fewer.
func (c *cron) nextRuns(from time.Time) (runs []time.Time) {
	day := from.UTC().Truncate(24 * time.Hour) // assumed: UTC
	for end := day.AddDate(1, 0, 0); len(runs) < checkedRuns && day.Before(end); day = day.AddDate(0, 0, 1) {
		if !c.runsOn(day) {
			continue
		}
		for minute := range 24 * 60 {
			if c.fields[1][minute/60] && c.fields[0][minute%60] {
				runs = append(runs, day.Add(time.Duration(minute)*time.Minute))
			}
		}
	}
	return runs
}

// cron is a parsed schedule: for each field which values match.
type cron struct {
	fields         [5]map[int]bool // minute, hour, day, month, weekday
	anyDay, anyDow bool
}

var cronBounds = [5]struct {
	low, high int
	names     []string
}{
	{0, 59, nil},
	{0, 23, nil},
	{1, 31, nil},
	{1, 12, []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{0, 7, []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}

func parseCron(schedule string) (*cron, error) {
	parts := strings.Fields(schedule)
	if len(parts) != 5 {
		return nil, errors.New(`is neither five cron fields nor "N minutes"`)
	}
	c := &cron{anyDay: parts[2] == "*", anyDow: parts[4] == "*"}
	for i, part := range parts {
		c.fields[i] = map[int]bool{}
		for item := range strings.SplitSeq(part, ",") {
			low, high, step, err := cronRange(item, i)
			if err != nil {
				return nil, err
			}
			for v := low; v <= high; v += step {
				c.fields[i][v] = true
			}
		}
	}
	if c.fields[4][7] {
		c.fields[4][0] = true // both are Sunday
	}
	return c, nil
}

// cronRange reads one of *, 5, 1-5, each also with a step as in */10.
func cronRange(item string, field int) (low, high, step int, err error) {
	bounds := cronBounds[field]
	span, every, stepped := strings.Cut(item, "/")
	step = 1
	if stepped {
		if step, err = strconv.Atoi(every); err != nil || step < 1 {
			return 0, 0, 0, errors.New("has a bad step")
		}
	}
	if span == "*" {
		return bounds.low, bounds.high, step, nil
	}
	first, last, isRange := strings.Cut(span, "-")
	low, okLow := cronValue(first, bounds.low, bounds.names)
	high, okHigh := low, okLow
	switch {
	case isRange:
		high, okHigh = cronValue(last, bounds.low, bounds.names)
	case stepped:
		high = bounds.high
	}
	if !okLow || !okHigh || low < bounds.low || high > bounds.high || low > high {
		return 0, 0, 0, errors.New("has a bad value")
	}
	return low, high, step, nil
}

func cronValue(text string, low int, names []string) (int, bool) {
	if i := slices.Index(names, strings.ToLower(text)); i >= 0 {
		return i + low, true
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

// runsOn applies cron's rule for days: where both fields are given, either will do.
func (c *cron) runsOn(day time.Time) bool {
	if !c.fields[3][int(day.Month())] {
		return false
	}
	dom, dow := c.fields[2][day.Day()], c.fields[4][int(day.Weekday())]
	switch {
	case c.anyDay:
		return dow
	case c.anyDow:
		return dom
	}
	return dom || dow
}
