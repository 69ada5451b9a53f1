// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// bare are those that are hostile only as they are. All others get another end at each place, by which it is told which of them arrived.
var bare = []string{"..", ".", " ", "null", "0"}

var _ = Describe("A hostile value", func() {
	It("in any string of a spec arrives in MeshAgent as it is, or is refused with a reason", func(ctx SpecContext) {
		harness.InParallel(harness.RemoteSamples(), func(s harness.Sample) { takesHostileValues(ctx, s) })
	}, SpecTimeout(8*time.Minute))
})

// takesHostileValues puts each value into all strings of a sample that admit it, and watches what becomes of it: into all at once,
// but alone into those where it may not be used, so that no place hides what happens at another.
func takesHostileValues(ctx context.Context, s harness.Sample) {
	log := &harness.LogRecorder{}
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{Logger: zap.New(zap.WriteTo(harness.CheckedWriter(io.MultiWriter(log, GinkgoWriter))))})
	l := w.ApplySample(ctx, s)
	l.ApplyDependencies(ctx)
	l.Recreate(ctx)
	l.DeleteObject(ctx)
	apart := map[string]bool{}
	for _, value := range harness.HostileValues {
		var shared []hostilePlace
		for _, place := range admitting(ctx, l, value) {
			if apart[place.String()] {
				takes(ctx, l, place)
			} else {
				shared = append(shared, place)
			}
		}
		if len(shared) == 0 || takes(ctx, l, shared...) {
			continue
		}
		for _, place := range shared {
			if len(shared) == 1 || !takes(ctx, l, place) {
				apart[place.String()] = true
			}
		}
	}
	for _, line := range log.Lines() { // each is JSON
		Expect(line).To(HaveKey("level"))
	}
}

// hostilePlace is a string in a spec, and what is put there.
type hostilePlace struct {
	path  []any
	value string
}

func (p hostilePlace) String() string { return fmt.Sprint(p.path) }

// takes says that an object with values at some places becomes Ready. Then each value is in MeshAgent, as often as there are places for it.
func takes(ctx context.Context, l *harness.Fixture, places ...hostilePlace) bool {
	GinkgoHelper()
	at := fmt.Sprintf("%s with %q at %v", l.Sample, places[0].value, places)
	raw := l.Sample.Manifest(l.Namespace)
	var quoted []string
	for _, place := range places {
		harness.Put(raw.Object, place.path, place.value)
		quoted = append(quoted, regexp.QuoteMeta(strconv.Quote(place.value)))
	}
	l.Object = l.Sample.Fresh()
	Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(raw.Object, l.Object)).To(Succeed())
	err := l.Create(ctx, l.Object)
	if apierrors.IsInvalid(err) && len(places) > 1 {
		return false // each of them is admitted, but not all of them together
	}
	Expect(err).NotTo(HaveOccurred(), at)
	// Ready, or it says what is wrong: which may be that there is no object of that name.
	Eventually(l.State(ctx, l.Object)).WithContext(ctx).Should(Or(harness.BeReady(), MatchRegexp(`(?s)Synced=False (Rejected|Invalid): ..`),
		MatchRegexp(`(?s)Synced=False (Reference|Secret|Project)NotFound: .*(%s)`, strings.Join(quoted, "|"))), at)
	ready, err := harness.BeReady().Match(harness.ConditionsOf(l.Object))
	Expect(err).NotTo(HaveOccurred())
	if ready {
		l.FindResource()
		held := texts(l.Document())
		for _, place := range places {
			i := slices.IndexFunc(held, func(text string) bool {
				return text == place.value || !slices.Contains(bare, place.value) && strings.Contains(text, place.value)
			})
			Expect(i).NotTo(Equal(-1), "%s: %v did not arrive in %q", at, place.path, held)
			held = slices.Delete(held, i, i+1)
		}
	}
	Expect(harness.ConditionsOf(l.Object)).NotTo(MatchRegexp(`(?m)^INFO injected`), at)
	l.DeleteObject(ctx)
	Expect(l.HeldNames()).To(Equal(l.HeldWithout), at)
	return ready
}

// texts are all strings in a document, names of members and what is encoded in base64 or in JSON among them.
func texts(value any) (found []string) {
	switch value := value.(type) {
	case string:
		found = append(found, value)
		if decoded, err := base64.StdEncoding.DecodeString(value); err == nil {
			value = string(decoded)
			found = append(found, value)
		}
		var inner any
		if strings.HasPrefix(value, "{") && json.Unmarshal([]byte(value), &inner) == nil {
			found = append(found, texts(inner)...)
		}
	case []any:
		for _, element := range value {
			found = append(found, texts(element)...)
		}
	case map[string]any:
		for name, member := range value {
			found = append(append(found, name), texts(member)...)
		}
	default:
		found = append(found, fmt.Sprint(value))
	}
	return found
}

// admitting are the places of the sample at which a value is admitted.
func admitting(ctx context.Context, l *harness.Fixture, value string) (places []hostilePlace) {
	GinkgoHelper()
	for i, path := range l.Sample.Strings() {
		place := hostilePlace{path, value}
		if !slices.Contains(bare, value) {
			place.value += fmt.Sprintf("x%03dx", i)
		}
		attempt := l.Sample.Manifest(l.Namespace)
		harness.Put(attempt.Object, path, place.value)
		if err := harness.Admission().Create(ctx, attempt); err != nil {
			Expect(apierrors.IsInvalid(err)).To(BeTrue(), "%s: %q: %v", l.Sample, place, err)
			continue
		}
		places = append(places, place)
	}
	return places
}
