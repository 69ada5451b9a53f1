// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package verdict

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

func TestOf(t *testing.T) {
	t.Parallel()
	answer := func(status int) error {
		return fmt.Errorf("creating: %w", &meshagent.Error{Status: status, Method: "POST", Route: "/rooms", Message: "the words", RetryAfter: 7 * time.Second})
	}
	for name, test := range map[string]struct {
		err  error
		want Verdict
	}{
		"400":            {answer(400), Verdict{Class: Refused, Reason: "Rejected", Message: "MeshAgent refuses this (400): the words"}},
		"401":            {answer(401), Verdict{Class: Denied, Reason: "Unauthorized", Message: "MeshAgent rejected the API key (401). Put a valid API key into the Secret that the MeshProject names"}},
		"403":            {answer(403), Verdict{Class: Denied, Reason: "Forbidden", Message: "The API key lacks the right for this request (403): the words. Grant the right in MeshAgent, or use another API key"}},
		"404":            {answer(404), Verdict{Class: Unavailable, Reason: "ParentNotFound", Message: "not found in MeshAgent (404): the words"}},
		"408":            {answer(408), Verdict{Class: Unavailable, Reason: "Unavailable", Message: "MeshAgent fails (408 Request Timeout): the words"}},
		"409":            {answer(409), Verdict{Class: Unavailable, Reason: "Conflict", Message: "MeshAgent reports a conflict (409): the words"}},
		"413":            {answer(413), Verdict{Class: Refused, Reason: "Rejected", Message: "MeshAgent refuses this (413): the words"}},
		"422":            {answer(422), Verdict{Class: Refused, Reason: "Rejected", Message: "MeshAgent refuses this (422): the words"}},
		"423":            {answer(423), Verdict{Class: Unavailable, Reason: "ParentDisabled", Message: "disabled in MeshAgent (423): the words"}},
		"429":            {answer(429), Verdict{Class: Limited, Reason: "RateLimited", Message: "MeshAgent, or the MeshProject's rateLimit, asks to wait (429)", After: 7 * time.Second}},
		"302":            {answer(302), Verdict{Class: Unavailable, Reason: "Unavailable", Message: "MeshAgent fails (302 Found): the words"}},
		"503":            {answer(503), Verdict{Class: Unavailable, Reason: "Unavailable", Message: "MeshAgent fails (503 Service Unavailable): the words"}},
		"no answer":      {&meshagent.NetworkError{Method: "GET", Route: "/x", Cause: errors.New("connection refused")}, Verdict{Class: Unavailable, Reason: "Unavailable", Message: "MeshAgent cannot be reached: GET /x: connection refused"}},
		"a conflict":     {fmt.Errorf("writing status: %w", Raced(apierrors.NewConflict(schema.GroupResource{}, "x", nil))), Verdict{Class: Silent, After: time.Second}},
		"it is gone":     {fmt.Errorf("writing status: %w", Raced(apierrors.NewNotFound(schema.GroupResource{}, "x"))), Verdict{Class: Silent, After: time.Second}},
		"others gone":    {fmt.Errorf("reading namespace: %w", apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "x")), Verdict{Class: Unavailable, Reason: "Unavailable", Message: `reading namespace: namespaces "x" not found`}},
		"too large":      {fmt.Errorf("listing: %w", &meshagent.AnswerError{Method: "GET", Route: "/x", Cause: meshagent.ErrAnswerTooLarge}), Verdict{Class: Waiting, Reason: "AnswerTooLarge", Message: "listing: GET /x: the answer is larger than the operator reads"}},
		"the end":        {fmt.Errorf("reading: %w", context.Canceled), Verdict{Class: Silent, After: time.Second}},
		"its requests":   {&meshagent.NetworkError{Method: "GET", Route: "/x", Cause: fmt.Errorf("reading: %w", context.Canceled)}, Verdict{Class: Silent, After: time.Second}},
		"a wait":         {WaitFor(v1alpha1.ReasonSecretNotFound, "Secret %q", "s"), Verdict{Class: Waiting, Reason: "SecretNotFound", Message: `Secret "s"`, After: time.Second}},
		"a bad spec":     {fmt.Errorf("x: %w", Invalid("bad")), Verdict{Class: Refused, Reason: "Invalid", Message: "bad", After: time.Second}},
		"something else": {errors.New("boom"), Verdict{Class: Unavailable, Reason: "Unavailable", Message: "boom"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := Of(test.err); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
