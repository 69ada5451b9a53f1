// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// checkedRuns is how many runs of a schedule the SDK checks.
const checkedRuns = 100

var (
	interval   = regexp.MustCompile(`^(\d+) +(second|minute|hour|day)s?$`)
	fiveFields = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
)

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
	runs, err := parseCron(schedule)
	if err != nil {
		return 0, err
	}
	shortest := time.Duration(math.MaxInt64)
	last := runs.Next(from.UTC()) // assumed: UTC
	if last.IsZero() {
		return 0, errors.New("never runs") // assumed: it might be taken
	}
	for range checkedRuns {
		next := runs.Next(last)
		shortest, last = min(shortest, next.Sub(last)), next
	}
	return shortest, nil
}

// parseCron reads the format of cron(5). The library also accepts a time zone in front, and has no
// 7 for Sunday.
func parseCron(schedule string) (cron.Schedule, error) {
	fields := strings.Fields(schedule)
	if len(fields) != 5 || strings.Contains(schedule, "=") {
		return nil, errors.New(`is neither five cron fields nor "N minutes"`)
	}
	days := strings.Split(fields[4], ",")
	for i, day := range days {
		if first, isRange := strings.CutSuffix(day, "-7"); isRange {
			days[i] = first + "-6,0"
		} else if day == "7" {
			days[i] = "0"
		}
	}
	fields[4] = strings.Join(days, ",")
	return fiveFields.Parse(strings.Join(fields, " "))
}
