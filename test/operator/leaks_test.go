// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/prometheus/common/expfmt"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

var _ = AfterEach(func() {
	leaks.Lock()
	defer leaks.Unlock()
	Expect(leaks.found).To(BeEmpty())
})

var _ = AfterSuite(func() {
	families, err := metrics.Registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	var exposed bytes.Buffer
	for _, family := range families {
		_, err := expfmt.MetricFamilyToText(&exposed, family)
		Expect(err).NotTo(HaveOccurred())
	}
	look("a metric", exposed.Bytes())
	files, err := filepath.Glob(filepath.Join("testdata", "*.http"))
	Expect(err).NotTo(HaveOccurred())
	Expect(files).NotTo(BeEmpty())
	for _, file := range files {
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		look(file, text)
	}
	Expect(leaks.found).To(BeEmpty())
})

var _ = It("The search for leaks finds what it is to find", func() {
	for _, text := range []string{
		`{"message":"bad value first-c4n4ry"}`,
		base64.StdEncoding.EncodeToString([]byte(`{"OPENAI_API_KEY":"sk-not-a-real-key"}`)),
		base64.StdEncoding.EncodeToString([]byte(`{"password":"not-a-real-password"}`)),
		"Bearer " + simulator.DevelopmentKey,
		fmt.Sprintf(`{"fingerprint": "%x"}`, sha256.Sum256([]byte("first-c4n4ry"))),
		"sha256-" + hashes(`{"OPENAI_API_KEY":"sk-not-a-real-key"}`)[1] + "=",
	} {
		look("a test", []byte(text))
		leaks.Lock()
		Expect(leaks.found).To(HaveLen(1), text)
		leaks.found = nil
		leaks.Unlock()
	}
})
