// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"bytes"
	"encoding/json"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// LogRecorder is a log in JSON with one line for each entry.
type LogRecorder struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *LogRecorder) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// Lines returns the entries about objects.
func (j *LogRecorder) Lines() []map[string]any {
	GinkgoHelper()
	j.mu.Lock()
	defer j.mu.Unlock()
	var lines []map[string]any
	for line := range bytes.Lines(j.text.Bytes()) {
		var entry map[string]any
		Expect(json.Unmarshal(line, &entry)).To(Succeed(), "%s", line)
		checkKeys(line)
		if entry["name"] != nil {
			lines = append(lines, entry)
		}
	}
	return lines
}

// checkKeys checks that no key is there twice, because log readers would see only one of them.
func checkKeys(line []byte) {
	GinkgoHelper()
	keys := map[json.Token]bool{}
	decoder := json.NewDecoder(bytes.NewReader(line))
	_, err := decoder.Token() // {
	Expect(err).NotTo(HaveOccurred())
	for decoder.More() {
		key, err := decoder.Token()
		Expect(err).NotTo(HaveOccurred())
		Expect(decoder.Decode(new(json.RawMessage))).To(Succeed())
		Expect(keys).NotTo(HaveKey(key), "%s", line)
		keys[key] = true
	}
}
