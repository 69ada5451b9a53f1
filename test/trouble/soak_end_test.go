// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// eventuallySettled waits until objects are Ready, and either in sync or in want of what MeshAgent
// rewrites.
func eventuallySettled(ctx context.Context, w *harness.Env, objects ...client.Object) {
	GinkgoHelper()
	for _, obj := range objects {
		Eventually(w.State(ctx, obj)).WithContext(ctx).Should(
			Or(harness.BeReady(), And(HavePrefix("Ready=True"), ContainSubstring("Synced=False NotConverging"))), "%T %s", obj, obj.GetName())
	}
}

// synced is whether an object is in sync, and in what it is not.
func synced(ctx context.Context, w *harness.Env, obj client.Object) string {
	GinkgoHelper()
	text, err := w.State(ctx, obj)()
	Expect(err).NotTo(HaveOccurred())
	_, text, _ = strings.Cut(text, "Synced=")
	text, _, _ = strings.Cut(text, "\n")
	l := harness.Fixture{Env: w}
	return l.Anonymize(fmt.Sprint(text, obj.(v1alpha1.Object).CommonStatus().Drift))
}

// depths are how deep in MeshAgent's documents there are members that the operator does not know.
func depths(w *harness.Env) map[int]bool {
	GinkgoHelper()
	found := map[int]bool{}
	for _, one := range w.Held() {
		for at, value := range simulator.NewerMembers(one.Doc) {
			if value != "" {
				found[strings.Count(at, "/")] = true
			}
		}
	}
	return found
}

// contents are what MeshAgent holds, without what differs each time, and in no order.
func contents(w *harness.Env) []string {
	GinkgoHelper()
	l := harness.Fixture{Env: w}
	var all []string
	for _, one := range w.Held() {
		text, err := json.Marshal(withoutNewer(one.Doc))
		Expect(err).NotTo(HaveOccurred())
		all = append(all, anyAnonymous.ReplaceAllString(l.Anonymize(one.Path+": "+string(text)), "{uuid}"))
	}
	slices.Sort(all)
	return all
}

// withoutNewer takes out the members that the operator does not know: what was deleted and created
// again has others, and what users took out of a list and put back has none.
func withoutNewer(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, simulator.NewerMember)
		for _, inner := range v {
			withoutNewer(inner)
		}
	case []any:
		for _, inner := range v {
			withoutNewer(inner)
		}
	}
	return v
}

var anyAnonymous = regexp.MustCompile(`\{uuid \d+\}`)
