// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package verdict

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
		want Verdict // its Message is what the message must contain
	}{
		"400":            {answer(400), Verdict{Class: Refused, Reason: "Rejected", Message: "the words"}},
		"401":            {answer(401), Verdict{Class: Denied, Reason: "Unauthorized", Message: "401"}},
		"403":            {answer(403), Verdict{Class: Denied, Reason: "Forbidden", Message: "the words"}},
		"404":            {answer(404), Verdict{Class: Unavailable, Reason: "ParentNotFound", Message: "the words"}},
		"408":            {answer(408), Verdict{Class: Unavailable, Reason: "Unavailable", Message: "the words"}},
		"409":            {answer(409), Verdict{Class: Unavailable, Reason: "Conflict", Message: "the words"}},
		"413":            {answer(413), Verdict{Class: Refused, Reason: "Rejected", Message: "the words"}},
		"422":            {answer(422), Verdict{Class: Refused, Reason: "Rejected", Message: "the words"}},
		"423":            {answer(423), Verdict{Class: Unavailable, Reason: "ParentDisabled", Message: "the words"}},
		"429":            {answer(429), Verdict{Class: Limited, Reason: "RateLimited", Message: "429", After: 7 * time.Second}},
		"302":            {answer(302), Verdict{Class: Unavailable, Reason: "Unavailable", Message: "the words"}},
		"503":            {answer(503), Verdict{Class: Unavailable, Reason: "Unavailable", Message: "the words"}},
		"no answer":      {&meshagent.NetworkError{Method: "GET", Route: "/x", Cause: errors.New("connection refused")}, Verdict{Class: Unavailable, Reason: "Unavailable", Message: "GET /x: connection refused"}},
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
			got := Of(test.err)
			if !strings.Contains(got.Message, test.want.Message) || test.want.Message == "" && got.Message != "" {
				t.Errorf("%q is not in %q", test.want.Message, got.Message)
			}
			if got.Message = test.want.Message; got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}
