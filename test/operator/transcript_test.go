// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// testdata has all requests of a sample's life, so that a review sees each new or changed request.
// After an intended change, run go test ./test/operator -ginkgo.focus transcript -update.
var _ = Describe("The transcript", func() {
	It("of each sample is what is in testdata", func(ctx SpecContext) {
		harness.InParallel(harness.Samples(), func(s harness.Sample) { compareTranscript(ctx, s) })
	})

	It("of nothing else is in testdata, and nothing secret", func() {
		var want []string
		for _, s := range harness.ReadSamples().Own {
			want = append(want, transcriptFile(s))
		}
		have, err := filepath.Glob(filepath.Join("testdata", "*.http"))
		Expect(err).NotTo(HaveOccurred())
		Expect(have).To(ConsistOf(want))
		for _, file := range have {
			text, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			harness.FindSecrets(file, text)
		}
	})
})

// transcriptFile is the file: the kind, and the object's name where a kind has several samples.
func transcriptFile(s harness.Sample) string {
	name := strings.ToLower(s.Kind)
	if kinds := harness.KindsOf(harness.ReadSamples().Own); slices.Contains(slices.Delete(kinds, slices.Index(kinds, s.Kind), slices.Index(kinds, s.Kind)+1), s.Kind) {
		name += "-" + s.Name
	}
	return filepath.Join("testdata", name+".http")
}

// compareTranscript takes a sample through its life without any interval: each request is there for
// a reason that the section names.
func compareTranscript(ctx context.Context, s harness.Sample) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	t := &transcript{life: l}
	l.DeleteObject(ctx)
	l.HeldWithout = w.HeldNames()

	t.section("create", func() {
		l.Object = s.Fresh()
		w.CreateAll(ctx, l.Object)
		w.ExpectReady(ctx, l.Object)
		if s.HasRemote() {
			l.LearnCreation()
		}
	})
	t.section("second pass", func() { l.RequestReconcile(ctx, l.Object) })
	t.section("update", func() {
		l.MergePatch(ctx, s.EditPatch())
		w.ExpectReady(ctx, l.Object)
	})
	if s.HasRemote() {
		t.section("drift", func() {
			l.FindResource()
			l.ChangeRemote()
			l.RequestReconcile(ctx, l.Object)
		})
	}
	t.section("delete", func() { l.DeleteObject(ctx) })
	t.compare()
}

// transcript collects the requests of a life.
type transcript struct {
	life  *harness.Fixture
	calls []simulator.Call
	heads []string // by call: the section that begins there
	ids   []string // pairs: what to replace, and by what
}

// section notes the requests that something causes.
func (t *transcript) section(name string, cause func()) {
	GinkgoHelper()
	t.life.MeshAgent.ResetCalls()
	cause()
	// How old a list may be depends on the clock, so it falls into one section or another: that of
	// members, and that of the collection before something is created in it.
	all := t.life.MeshAgent.Calls()
	created := slices.IndexFunc(all, func(call simulator.Call) bool { return call.Method == http.MethodPost })
	list := regexp.MustCompile("^$")
	if about := t.life.About; about != nil && about.Path("list") != "" {
		list = regexp.MustCompile(about.Path("list"))
	}
	var calls []simulator.Call
	for i, call := range all {
		ofMembers := call.Method == http.MethodGet && strings.HasSuffix(call.Path, "/users")
		if !ofMembers && (i >= created || !list.MatchString(call.Path)) {
			calls = append(calls, call)
		}
	}
	head := "# " + name + "\n\n"
	if len(calls) == 0 {
		head += "# (no request)\n\n"
		calls = []simulator.Call{{}}
	}
	t.calls = append(t.calls, calls...)
	t.heads = append(append(t.heads, head), make([]string, len(calls)-1)...)
	for _, obj := range append(t.life.Dependencies, t.life.Object) {
		if mirrored, ok := obj.(v1alpha1.Object); ok && mirrored.CommonStatus().ID != "" {
			name := "id"
			if obj != t.life.Object {
				name = "id of " + strings.TrimPrefix(strings.ToLower(fmt.Sprintf("%T", obj)), "*v1alpha1.mesh") + " " + obj.GetName()
			}
			t.ids = append(t.ids, mirrored.CommonStatus().ID, "{"+name+"}")
		}
	}
	t.ids = append(t.ids, string(t.life.Object.GetUID()), "{uid}")
}

// String writes the requests down, with words in place of all that differs each time.
func (t *transcript) String() string {
	text := strings.Builder{}
	for i, call := range t.calls {
		text.WriteString(t.heads[i])
		if call.Method == "" {
			continue
		}
		query := ""
		if call.Query != "" {
			query = "?" + call.Query
		}
		fmt.Fprintf(&text, "%s %s%s\n", call.Method, call.Path, query)
		if len(call.RequestBody) > 0 {
			var body bytes.Buffer
			if json.Indent(&body, call.RequestBody, "", "  ") != nil {
				body.Reset()
				fmt.Fprintf(&body, "{%d bytes}", len(call.RequestBody))
			}
			text.Write(body.Bytes())
			text.WriteString("\n")
		}
		fmt.Fprintf(&text, "# answer: %d\n\n", call.Status)
	}
	return secretData.ReplaceAllString(t.life.Anonymize(text.String(), t.ids...), `$1"{value}"`)
}

// secretData is the member of requests that holds the value of a secret.
var secretData = regexp.MustCompile(`("(?:data_base64|secret|client_secret|api_key)": )"[^"]*"`)

func (t *transcript) compare() {
	GinkgoHelper()
	file := transcriptFile(t.life.Sample)
	if *harness.Update {
		Expect(os.MkdirAll("testdata", 0o755)).To(Succeed())
		Expect(os.WriteFile(file, []byte(t.String()), 0o644)).To(Succeed())
		return
	}
	want, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred(), "write it with -update")
	Expect(t.String()).To(Equal(string(want)), "the requests differ from %s: look at the difference, and if it is intended, write it with -update", file)
}
