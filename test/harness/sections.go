// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"flag"
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// CompareSection compares the part of a page between two markers with the expected text, or writes
// it.
func CompareSection(path, begin, end, want string) {
	GinkgoHelper()
	text, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	before, rest, opened := strings.Cut(string(text), begin)
	known, after, closed := strings.Cut(rest, end)
	Expect(opened && closed).To(BeTrue(), "%s has no part from %s to %s", path, begin, end)
	if *Update {
		Expect(os.WriteFile(path, []byte(before+begin+"\n"+want+"\n"+end+after), 0o644)).To(Succeed())
		return
	}
	Expect(strings.TrimSpace(known)).To(Equal(strings.TrimSpace(want)), "%s shows something else", path)
}

// Update makes tests write the files that they otherwise compare with.
var Update = flag.Bool("update", false, "write the transcripts in testdata, and the table of health in docs, instead of comparing with them")
