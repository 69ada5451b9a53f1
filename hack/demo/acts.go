// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"time"
)

// act is something that a step does or shows.
type act func(ctx context.Context, d *demo) error

// kubectl shows a command and its output. The function words splits the line.
func kubectl(line string) act { return command(line, (*demo).indent) }

// quietly shows a command without its output.
func quietly(line string) act { return command(line, func(*demo, string) {}) }

func command(line string, show func(*demo, string)) act {
	return func(ctx context.Context, d *demo) error {
		d.tell("$ kubectl %s", quoted(words(line)))
		out, err := d.kubectl(ctx, line)
		show(d, out)
		return err
	}
}

// until shows a command, and its output as soon as that matches a regular expression.
func until(line, wanted string) act {
	return func(ctx context.Context, d *demo) error {
		d.tell("$ kubectl %s", quoted(words(line)))
		out := ""
		err := d.poll(ctx, func() (done bool, err error) {
			out, err = d.kubectl(ctx, line)
			return err == nil && regexp.MustCompile(wanted).MatchString(out), err
		})
		d.indent(out)
		return err
	}
}

// say explains the next act.
func say(text string) act {
	return func(_ context.Context, d *demo) error { d.indent(text); return nil }
}

// happens says what happens in MeshAgent, and does it.
func happens(text string, do func(*demo)) act {
	return func(_ context.Context, d *demo) error { d.tell("MeshAgent: %s", text); do(d); return nil }
}

// look waits until a resource in MeshAgent has all wanted texts, and shows the members that have
// them.
func look(collection, name string, wanted ...string) act {
	return func(ctx context.Context, d *demo) error {
		var found []string
		err := d.poll(ctx, func() (bool, error) {
			found = slices.DeleteFunc(d.held(collection, name), func(member string) bool {
				return !slices.ContainsFunc(wanted, func(want string) bool { return strings.Contains(member, want) })
			})
			text := strings.Join(found, "")
			return !slices.ContainsFunc(wanted, func(want string) bool { return !strings.Contains(text, want) }), nil
		})
		d.indent(fmt.Sprintf("After %.1f s, MeshAgent has this in %s/%s:", time.Since(d.begun).Seconds(), collection, name))
		d.indent("  " + strings.Join(found, "\n  "))
		return err
	}
}

// gone fails if MeshAgent still has a resource with one of these names.
func gone(collection string, names ...string) act {
	return func(_ context.Context, d *demo) error {
		if i := slices.IndexFunc(names, func(name string) bool { return d.held(collection, name) != nil }); i >= 0 {
			return fmt.Errorf("MeshAgent still has %s/%s", collection, names[i])
		}
		d.indent("MeshAgent no longer has " + strings.Join(names, ", ") + ".")
		return nil
	}
}

// held returns those members of a resource in MeshAgent that the demo shows.
func (d *demo) held(collection, name string) (members []string) {
	for _, document := range d.meshagent.Documents(collection) {
		if document["name"] != name {
			continue
		}
		for _, member := range []string{"metadata", "annotations"} {
			text, _ := json.Marshal(document[member]) // cannot fail, because it was JSON
			members = append(members, member+": "+string(text))
		}
		if encoded, ok := document["data_base64"].(string); ok {
			data, _ := base64.StdEncoding.DecodeString(encoded) // the simulator accepts nothing else
			members = append(members, "data: "+string(data))
		}
	}
	return members
}

// poll asks until the answer is true. It gives up after two minutes, or when the operator ends.
func (d *demo) poll(ctx context.Context, is func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Minute, errors.New("timed out after two minutes")) // long enough for slow machines
	defer cancel()
	for {
		done, err := is()
		if done {
			return nil
		}
		if failure := d.operator.Failure(); failure != nil {
			return failure
		}
		select {
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// kubectl runs the real kubectl and returns its output.
func (d *demo) kubectl(ctx context.Context, line string) (string, error) {
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, kubectlPath, words(line)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = d.env, &out, &problems
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("kubectl %s: %w: %s", line, err, strings.TrimSpace(problems.String()))
	}
	return out.String(), nil
}

// words splits a line at blanks. The word with the first brace or quote is the last one.
func words(line string) []string {
	rest := ""
	if i := strings.IndexAny(line, `{"`); i >= 0 {
		i = strings.LastIndex(line[:i], " ") + 1
		line, rest = line[:i], line[i:]
	}
	return slices.DeleteFunc(append(strings.Fields(line), rest), func(word string) bool { return word == "" })
}

// quoted joins words so that the line can be pasted into a shell.
func quoted(list []string) string {
	out := make([]string, len(list))
	for i, word := range list {
		if out[i] = word; strings.ContainsAny(word, ` {}"$#*?;&|<>()[]`) {
			out[i] = "'" + word + "'"
		}
	}
	return strings.Join(out, " ")
}
