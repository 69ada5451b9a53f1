// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"
)

// diagnose prints what may explain a failure: the objects, with more of those that are not in order, and the end of the
// operator's log.
func (d *demo) diagnose(ctx context.Context) {
	d.say("")
	if d.samples != nil {
		ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
		if err := d.showKubectl(ctx, "get", "meshagent", "-A", "-o", "wide"); err != nil {
			d.detail("%v", err)
		}
		for _, sample := range d.samples {
			d.diagnoseObject(ctx, sample)
		}
	}
	log, err := os.ReadFile(d.logPath())
	switch {
	case errors.Is(err, fs.ErrNotExist): // it did not come to that
		return
	case err != nil:
		d.say("The operator's log cannot be read: %v", err)
		return
	}
	lines := strings.Split(strings.TrimSpace(string(log)), "\n")
	d.say("The operator's log ends with:")
	d.detail("%s", strings.Join(lines[max(0, len(lines)-25):], "\n"))
}

func (d *demo) diagnoseObject(ctx context.Context, o object) {
	obj, status, err := d.read(ctx, o)
	if err != nil {
		d.say("%s cannot be read: %v", o, err)
		return
	}
	reason := problem(obj.GetGeneration(), status)
	if reason == "" {
		return
	}
	d.say("%s %s (generation %d, observed %d).", o, reason, obj.GetGeneration(), status.ObservedGeneration)
	if len(status.Conditions) == 0 {
		return
	}
	rows := [][]string{{"CONDITION", "STATUS", "REASON", "MESSAGE"}}
	for _, c := range status.Conditions {
		rows = append(rows, []string{c.Type, string(c.Status), c.Reason, c.Message})
	}
	d.table(rows)
}
