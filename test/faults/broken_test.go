// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// A check that cannot fail proves nothing. The tests in files called …_broken_test.go break what a
// check is about, and see that it tells.

// wantedFailures is a test whose failures are wanted.
type wantedFailures struct {
	testing.TB
	told []string
}

var errStopped = errors.New("the test was stopped")

// Error notes a failure.
func (f *wantedFailures) Error(args ...any) { f.told = append(f.told, fmt.Sprint(args...)) }

// Errorf notes a failure.
func (f *wantedFailures) Errorf(format string, args ...any) { f.Error(fmt.Sprintf(format, args...)) }

// Fatal notes a failure, and ends the check.
func (f *wantedFailures) Fatal(args ...any) {
	f.Error(args...)
	f.FailNow()
}

// Fatalf notes a failure, and ends the check.
func (f *wantedFailures) Fatalf(format string, args ...any) { f.Fatal(fmt.Sprintf(format, args...)) }

// FailNow ends the check.
func (f *wantedFailures) FailNow() { panic(errStopped) }

// Failed says that there was a failure.
func (f *wantedFailures) Failed() bool { return len(f.told) > 0 }

// mustTell runs a check, which must fail and say something.
func mustTell(t *testing.T, want string, check func(f *wantedFailures)) {
	t.Helper()
	f := &wantedFailures{TB: t}
	func() {
		defer func() {
			if stopped := recover(); stopped != nil && stopped != errStopped { //nolint:errorlint // it is a panic
				panic(stopped)
			}
		}()
		check(f)
	}()
	if all := strings.Join(f.told, "\n"); !strings.Contains(all, want) {
		t.Errorf("the check does not tell %q, but %q", want, all)
	}
}
