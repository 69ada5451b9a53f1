// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Finding a member must cost the same with many members as with few. The test counts allocations,
// so it runs alone.
func TestAMemberIsFoundWithoutLookingAtAll(t *testing.T) {
	cost := func(count int) float64 {
		rows := make([]string, count)
		for i := range rows {
			rows[i] = fmt.Sprintf(`{"id": "u%d", "email": "user-%d@example.com"}`, i, i)
		}
		members := (&grantServer{members: strings.Join(rows, ", ")}).project(t).members
		return testing.AllocsPerRun(100, func() {
			if id, err := members.find(t.Context(), "USER-1@example.com", time.Time{}); err != nil || id != "u1" {
				t.Fatalf("got %q, %v", id, err)
			}
		})
	}
	if few, many := cost(2), cost(200); many > 2*few {
		t.Errorf("%.0f allocations among 200 members, and %.0f among 2", many, few)
	}
}
