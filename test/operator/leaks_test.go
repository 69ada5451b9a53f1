// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = It("The search for leaks finds what it is to find", func() {
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
		Expect(leaks.found).To(HaveLen(1), text)
		leaks.found = nil
		leaks.Unlock()
	}
})
