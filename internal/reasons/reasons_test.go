// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package reasons

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEachReasonAndEventIsExplained(t *testing.T) {
	t.Parallel()
	declared := constants(t)
	found := readProgram(t, declared)
	for _, sentence := range problems(declared, found) {
		t.Error(sentence)
	}
	if len(found.reasons) < 20 || len(found.events) < 10 {
		t.Errorf("only %d reasons and %d events were found in the code", len(found.reasons), len(found.events))
	}
}

func TestTheSourceIsReadAsWritten(t *testing.T) {
	t.Parallel()
	declared := declarations{
		"ReasonNew": "New", "ReasonRejected": "Rejected", "ReasonInUse": "InUse", "ReasonCompared": "Compared", "EventOther": "Other",
		"EventCreated": "Created", "ConditionReady": "Ready",
	}
	found := findings{reasons: map[string]set{}, events: map[string]set{}}
	found.read(t, declared, "some.go", `package p
func f() {
	verdict.WaitFor(v1alpha1.ReasonRejected, "")
	c.set(v1alpha1.ConditionReady, "True", v1alpha1.ReasonRejected, "")
	_ = verdict.Problem{Class: verdict.Refused, Reason: v1alpha1.ReasonNew}
	_ = v1alpha1.ReasonCompared == reason
	switch reason {
	case v1alpha1.ReasonCompared:
	}
	o.event("Literal", "", "")
	o.event(v1alpha1.EventOther, "", "")
	o.warn(v1alpha1.EventCreated, "", "")
	o.warnOf(nil, name, "", "")
}`)
	all := strings.Join(problems(declared, found), "\n")
	for _, want := range []string{
		`reason "New" can appear, and no row explains it`,
		`reason "Rejected" can be on condition Reconciling, and its row does not say so`,
		`the row of reason "Rejected" names condition Stalled, on which nothing puts it`,
		`reason "Compared" is declared, and nothing produces it`,
		`reason "InUse" is explained, and nothing produces it`,
		`event "Other" can be sent, and no row explains it`,
		`event "Created" can be Warning, and its row does not say so`,
		`event "Deleted" is explained, and nothing sends it`,
		`some.go:10: the name of an event is not a constant`,
		`some.go:13: the name of an event is not a constant`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("it is not noticed: %s", want)
		}
	}
	if t.Failed() {
		t.Log(all)
	}
}

func TestEachTextIsASentence(t *testing.T) {
	t.Parallel()
	texts := map[string][]string{}
	for _, group := range Groups {
		for _, reason := range group.Reasons {
			if texts[reason.Name] != nil {
				t.Errorf("%s is explained twice", reason.Name)
			}
			texts[reason.Name] = []string{reason.Meaning, reason.Retried, reason.Action}
		}
	}
	for _, event := range Events {
		if texts[event.Name] != nil {
			t.Errorf("%s is explained twice", event.Name)
		}
		texts[event.Name] = []string{event.Meaning, event.Action}
	}
	for name, said := range texts {
		for _, text := range said {
			if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ").") || strings.ContainsAny(text, "|\n") {
				t.Errorf("%s: %q is not a sentence that fits into a table", name, text)
			}
		}
	}
}

func TestThePageIsUpToDate(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/reasons.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(page), Markdown()); diff != "" {
		t.Errorf("run make docs:\n%s", diff)
	}
}
