// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// path is a place in a JSON document: member names (string) and positions in lists (int). Written out it reads
// metadata.team, ports[0].num or annotations["meshagent.storage.class"].
type path []any

// plainName is a member name that needs no quotes.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*`)

func (p path) String() string {
	text := strings.Builder{}
	for _, step := range p {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&text, "[%d]", step)
		case string:
			switch {
			case plainName.FindString(step) != step || step == "":
				fmt.Fprintf(&text, "[%s]", strconv.Quote(step))
			case text.Len() > 0:
				text.WriteString("." + step)
			default:
				text.WriteString(step)
			}
		}
	}
	return text.String()
}

// parsePath is the reverse of String.
func parsePath(text string) (path, error) {
	var p path
	for rest := text; rest != ""; {
		if inner, ok := strings.CutPrefix(rest, "["); ok {
			step, after, err := bracketed(inner)
			if err != nil {
				return nil, fmt.Errorf("reading the path %q: %w", text, err)
			}
			p, rest = append(p, step), after
			continue
		}
		if len(p) > 0 {
			var ok bool
			if rest, ok = strings.CutPrefix(rest, "."); !ok {
				return nil, fmt.Errorf("reading the path %q: no dot before %q", text, rest)
			}
		}
		name := plainName.FindString(rest)
		if name == "" {
			return nil, fmt.Errorf("reading the path %q: no name at %q", text, rest)
		}
		p, rest = append(p, name), rest[len(name):]
	}
	return p, nil
}

// bracketed reads what follows a "[": a position or a quoted name, and the "]".
func bracketed(text string) (step any, rest string, err error) {
	quoted, err := strconv.QuotedPrefix(text)
	if err == nil {
		if step, err = strconv.Unquote(quoted); err != nil {
			return nil, "", err
		}
		text = text[len(quoted):]
	} else {
		digits, _, _ := strings.Cut(text, "]")
		position, err := strconv.ParseUint(digits, 10, 31)
		if err != nil {
			return nil, "", err
		}
		step, text = int(position), text[len(digits):]
	}
	rest, ok := strings.CutPrefix(text, "]")
	if !ok {
		return nil, "", fmt.Errorf("no ] at %q", text)
	}
	return step, rest, nil
}

// child returns a new path, one step further.
func (p path) child(step any) path {
	return append(slices.Clip(p), step)
}

// list returns the path of the outermost list that p leads into, if any.
func (p path) list() (path, bool) {
	for i, step := range p {
		if _, ok := step.(int); ok {
			return p[:i], true
		}
	}
	return nil, false
}
