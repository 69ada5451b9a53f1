// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"errors"
	"fmt"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	answer := func(status int) error {
		return fmt.Errorf("creating: %w", &meshagent.Error{Status: status, Method: "POST", Route: "/rooms", Message: "the words", RetryAfter: 7 * time.Second})
	}
	for name, test := range map[string]struct {
		err  error
		want verdict
	}{
		"400":            {answer(400), verdict{class: refused, reason: "Rejected", message: "MeshAgent refuses this (400): the words"}},
		"401":            {answer(401), verdict{class: denied, reason: "AccessDenied", message: "MeshAgent does not accept the API key (401): it may have been revoked"}},
		"403":            {answer(403), verdict{class: denied, reason: "AccessDenied", message: "the API key lacks the right for this (403): the words"}},
		"404":            {answer(404), verdict{class: unavailable, reason: "ParentNotFound", message: "not found in MeshAgent (404): the words"}},
		"408":            {answer(408), verdict{class: unavailable, reason: "Unavailable", message: "MeshAgent fails (408 Request Timeout): the words"}},
		"409":            {answer(409), verdict{class: unavailable, reason: "Conflict", message: "MeshAgent reports a conflict (409): the words"}},
		"413":            {answer(413), verdict{class: refused, reason: "Rejected", message: "MeshAgent refuses this (413): the words"}},
		"422":            {answer(422), verdict{class: refused, reason: "Rejected", message: "MeshAgent refuses this (422): the words"}},
		"423":            {answer(423), verdict{class: unavailable, reason: "ParentDisabled", message: "disabled in MeshAgent (423): the words"}},
		"429":            {answer(429), verdict{class: limited, reason: "RateLimited", message: "MeshAgent, or the MeshProject's rateLimit, asks to wait (429)", after: 7 * time.Second}},
		"302":            {answer(302), verdict{class: unavailable, reason: "Unavailable", message: "MeshAgent fails (302 Found): the words"}},
		"503":            {answer(503), verdict{class: unavailable, reason: "Unavailable", message: "MeshAgent fails (503 Service Unavailable): the words"}},
		"no answer":      {&meshagent.NetworkError{Method: "GET", Route: "/x", Cause: errors.New("connection refused")}, verdict{class: unavailable, reason: "Unavailable", message: "MeshAgent cannot be reached: GET /x: connection refused"}},
		"a conflict":     {fmt.Errorf("writing status: %w", raced(apierrors.NewConflict(schema.GroupResource{}, "x", nil))), verdict{class: silent, after: time.Second}},
		"it is gone":     {fmt.Errorf("writing status: %w", raced(apierrors.NewNotFound(schema.GroupResource{}, "x"))), verdict{class: silent, after: time.Second}},
		"others gone":    {fmt.Errorf("reading namespace: %w", apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "x")), verdict{class: unavailable, reason: "Unavailable", message: `reading namespace: namespaces "x" not found`}},
		"too large":      {fmt.Errorf("listing: %w", &meshagent.AnswerError{Method: "GET", Route: "/x", Cause: meshagent.ErrAnswerTooLarge}), verdict{class: waiting, reason: "AnswerTooLarge", message: "listing: GET /x: the answer is larger than the operator reads"}},
		"the end":        {fmt.Errorf("reading: %w", context.Canceled), verdict{class: silent, after: time.Second}},
		"its requests":   {&meshagent.NetworkError{Method: "GET", Route: "/x", Cause: fmt.Errorf("reading: %w", context.Canceled)}, verdict{class: silent, after: time.Second}},
		"a wait":         {waitFor(v1alpha1.ReasonSecretNotFound, "Secret %q", "s"), verdict{class: waiting, reason: "SecretNotFound", message: `Secret "s"`, after: time.Second}},
		"a bad spec":     {fmt.Errorf("x: %w", Invalid("bad")), verdict{class: refused, reason: "Invalid", message: "bad", after: time.Second}},
		"something else": {errors.New("boom"), verdict{class: unavailable, reason: "Unavailable", message: "boom"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := judge(test.err); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestAdoptable(t *testing.T) {
	t.Parallel()
	ours := meshagent.Mark{Owner: "c/n/a"}
	differs := []drift.Change{{Path: drift.Path{"metadata", "team"}}}
	for name, test := range map[string]struct {
		policy  v1alpha1.AdoptionPolicy
		theirs  meshagent.Mark
		changes []drift.Change
		reason  string // "" means: may be adopted
	}{
		"ours":                        {theirs: ours, changes: differs},
		"unowned, equal":              {},
		"unowned, differs":            {changes: differs, reason: "AlreadyExists"},
		"unowned, differs, IfUnowned": {policy: v1alpha1.AdoptIfUnowned, changes: differs},
		"unowned, differs, Always":    {policy: v1alpha1.AdoptAlways, changes: differs},
		"owned, equal":                {theirs: meshagent.Mark{Owner: "x"}, reason: "OwnedElsewhere"},
		"owned, equal, IfUnowned":     {policy: v1alpha1.AdoptIfUnowned, theirs: meshagent.Mark{Owner: "x"}, reason: "OwnedElsewhere"},
		"owned, differs, Always":      {policy: v1alpha1.AdoptAlways, theirs: meshagent.Mark{Owner: "x"}, changes: differs},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if err := adoptable(test.policy, ours, test.theirs, "name", test.changes); err != nil {
				got = judge(err).reason
			}
			if got != test.reason {
				t.Errorf("got %q, want %q", got, test.reason)
			}
		})
	}
}
