// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Path is a place in a JSON document: member names (string) and list indexes (int). Its text is,
// for example, metadata.team, ports[0].num or annotations["meshagent.storage.class"].
type Path []any

// plainName is a member name that needs no quotes.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*`)

func (p Path) String() string {
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

// child returns a new path, one step further.
func (p Path) child(step any) Path {
	return append(slices.Clip(p), step)
}
