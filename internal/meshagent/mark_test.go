// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"strings"
	"testing"
)

// Some resources have the mark at the end of a text.
func TestMarksInText(t *testing.T) {
	t.Parallel()
	mine, adopted := Mark{Owner: "cluster/ns/a"}, Mark{Owner: "cluster/ns/a", Adopted: true}
	for _, tt := range []struct {
		name, text string
		mark       Mark
		held       string
	}{
		{"no text", "", mine, "[meshagent.com/owner=cluster/ns/a]"},
		{"a text", "Tickets", mine, "Tickets [meshagent.com/owner=cluster/ns/a]"},
		{"a text that ends with a blank", "Tickets ", mine, "Tickets  [meshagent.com/owner=cluster/ns/a]"},
		{"a text that ends with a bracket", "Tickets [new]", mine, "Tickets [new] [meshagent.com/owner=cluster/ns/a]"},
		{"several lines", "Tickets\nand more\n", mine, "Tickets\nand more\n [meshagent.com/owner=cluster/ns/a]"},
		{"an adopted one", "Tickets", adopted, "Tickets [meshagent.com/owner=cluster/ns/a, meshagent.com/adopted=true]"},
		{"an owner with a bracket", "Tickets", Mark{Owner: "[c]/ns/a"}, "Tickets [meshagent.com/owner=[c]/ns/a]"},
		{"no mark", "Tickets", Mark{}, "Tickets"},
		{"nothing", "", Mark{}, ""},
	} {
		held := joinMark(tt.text, tt.mark)
		if held != tt.held {
			t.Errorf("%s: MeshAgent holds %q", tt.name, held)
		}
		if text, mark := splitMark(held); text != tt.text || mark != tt.mark {
			t.Errorf("%s: read as %q and %+v", tt.name, text, mark)
		}
	}
	for _, tt := range []struct {
		name, held, text string
		mark             Mark
	}{
		{"in capitals", strings.ToUpper("Tickets [meshagent.com/owner=cluster/ns/a]"), "TICKETS", mine},
		{"adopted, in capitals", strings.ToUpper("Tickets [meshagent.com/owner=cluster/ns/a, meshagent.com/adopted=true]"), "TICKETS", adopted},
		{"with blanks behind it", "Tickets [meshagent.com/owner=cluster/ns/a] \n", "Tickets", mine},
		{"without its end", "Tickets [meshagent.com/owner=cluster/ns/a", "Tickets [meshagent.com/owner=cluster/ns/a", Mark{}},
		{"followed by other text", "Tickets [meshagent.com/owner=cluster/ns/a] and more", "Tickets [meshagent.com/owner=cluster/ns/a] and more", Mark{}},
		{"a second one", "Tickets [meshagent.com/owner=x/y/z] [meshagent.com/owner=cluster/ns/a]", "Tickets [meshagent.com/owner=x/y/z]", mine},
	} {
		if text, mark := splitMark(tt.held); text != tt.text || mark != tt.mark {
			t.Errorf("%s: read as %q and %+v", tt.name, text, mark)
		}
	}
}
