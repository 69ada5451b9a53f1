// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

func TestCommands(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][]string{
		"get meshroom":                   {"get", "meshroom"},
		`patch x -p {"a": {"b": "c d"}}`: {"patch", "x", "-p", `{"a": {"b": "c d"}}`},
		`get x -o jsonpath={range .a[?(@.b=="c")]}{.d}: {.e}{end}`: {"get", "x", "-o", `jsonpath={range .a[?(@.b=="c")]}{.d}: {.e}{end}`},
	} {
		if got := words(line); !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got, want := quoted([]string{"-p", `{"a": "b"}`}), `-p '{"a": "b"}'`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// The demo must end when its output is closed, for example by "make demo | head".
func TestClosed(t *testing.T) {
	t.Parallel()
	closed := false
	d := &demo{out: broken{}, closed: func() { closed = true }}
	if d.tell("hello"); !closed {
		t.Error("the demo did not notice the closed output")
	}
	var out bytes.Buffer
	d = &demo{out: &out}
	if d.indent("a\n\nb\n"); out.String() != "      a\n\n      b\n" {
		t.Errorf("got %q", out.String())
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }
