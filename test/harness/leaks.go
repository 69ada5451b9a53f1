// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strings"
	"sync"

	. "github.com/onsi/gomega"
	"github.com/prometheus/common/expfmt"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// canaries are the secret values of the suites: in Kubernetes Secrets, in MeshAgent, and as API
// keys. None of them may ever appear in what the operator writes to Kubernetes (including status
// and events), in its log, in a metric or in a transcript.
var canaries = func() []string {
	values := []string{"c4n4ry", "not-a-real-key", "not-a-real-password", "not-a-real-secret", "a-new-secret", "another-secret", SecretPart(simulator.DevelopmentKey)}
	forms := values
	for _, value := range values {
		// Base64 has another form at each of three offsets. The characters at the edges depend on
		// the neighbors of the value.
		for offset := range 3 {
			encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", offset) + value))
			if inner := encoded[(offset*8+5)/6 : len(encoded)-1]; len(inner) >= 6 {
				forms = append(forms, inner)
			}
		}
	}
	// A hash is of a whole value, or of the whole body that is sent to MeshAgent for it.
	wholes := append([]string{"first-c4n4ry", "second-c4n4ry", "third-c4n4ry", simulator.DevelopmentKey, "sk-not-a-real-key", `{"OPENAI_API_KEY":"sk-not-a-real-key"}`}, values...)
	for _, whole := range wholes {
		forms = append(forms, hashes(whole)...)
	}
	return forms
}()

// hashes returns the unsalted hashes of a text in their usual forms. They would confirm a guess of
// the text.
func hashes(text string) (forms []string) {
	for _, h := range []hash.Hash{sha256.New(), sha1.New(), md5.New()} {
		h.Write([]byte(text))
		sum := h.Sum(nil)
		forms = append(forms, hex.EncodeToString(sum), base64.RawStdEncoding.EncodeToString(sum), base64.RawURLEncoding.EncodeToString(sum))
	}
	return forms
}

// leaks collects the places where a canary was found.
var leaks struct {
	sync.Mutex
	found []string
}

// FindSecrets searches a text for canaries.
func FindSecrets(where string, text []byte) {
	for _, canary := range canaries {
		if bytes.Contains(text, []byte(canary)) {
			leaks.Lock()
			leaks.found = append(leaks.found, fmt.Sprintf("%s holds the secret value %q:\n%.2000s", where, canary, text))
			leaks.Unlock()
			return
		}
	}
}

// CheckedWriter returns a writer, such as for a log, that searches for canaries.
func CheckedWriter(to io.Writer) io.Writer { return checkedWriter{to} }

type checkedWriter struct{ io.Writer }

func (w checkedWriter) Write(p []byte) (int, error) {
	FindSecrets("the log", p)
	return w.Writer.Write(p)
}

// lookAtBody searches for canaries in what the operator writes to Kubernetes.
func lookAtBody(r *http.Request) error {
	if r.Body == nil {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	FindSecrets(r.Method+" "+r.URL.Path, body)
	return nil
}

func expectNoLeaks() {
	leaks.Lock()
	defer leaks.Unlock()
	Expect(leaks.found).To(BeEmpty())
}

// findSecretsInMetrics searches the metrics of the process.
func findSecretsInMetrics() {
	families, err := metrics.Registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	var exposed bytes.Buffer
	for _, family := range families {
		_, err := expfmt.MetricFamilyToText(&exposed, family)
		Expect(err).NotTo(HaveOccurred())
	}
	FindSecrets("a metric", exposed.Bytes())
}
