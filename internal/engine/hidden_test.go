// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"testing"

	"github.com/meshagent/meshagent-operator/internal/engine/drift"
)

func TestIsHidden(t *testing.T) {
	t.Parallel()
	hidden := []string{"data_base64", "oauth.client_secret"}
	for _, test := range []struct {
		at   drift.Path
		want bool
	}{
		{drift.Path{"data_base64"}, true},
		{drift.Path{"data_base64", "inner"}, true},
		{drift.Path{"oauth"}, true}, // the whole object, and the secret in it
		{drift.Path{"oauth", "client_secret"}, true},
		{drift.Path{"oauth", 0, "client_secret"}, true},
		{drift.Path{"oauth", "client_id"}, false},
		{drift.Path{"data"}, false},
		{drift.Path{"other", "client_secret"}, false},
	} {
		if got := isHidden(test.at, hidden); got != test.want {
			t.Errorf("%s: %t", test.at, got)
		}
	}
}
