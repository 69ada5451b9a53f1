// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"testing"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

func TestFindSecrets(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		`{"message":"bad value first-c4n4ry"}`,
		base64.StdEncoding.EncodeToString([]byte(`{"OPENAI_API_KEY":"sk-not-a-real-key"}`)),
		base64.StdEncoding.EncodeToString([]byte(`{"password":"not-a-real-password"}`)),
		"Bearer " + simulator.DevelopmentKey,
		fmt.Sprintf(`{"fingerprint": "%x"}`, sha256.Sum256([]byte("first-c4n4ry"))),
		"sha256-" + hashes(`{"OPENAI_API_KEY":"sk-not-a-real-key"}`)[1] + "=",
	} {
		FindSecrets("a test", []byte(text))
		leaks.Lock()
		if len(leaks.found) != 1 {
			t.Errorf("in %q was found: %q", text, leaks.found)
		}
		leaks.found = nil
		leaks.Unlock()
	}
}
