// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/meshagent/meshagent-operator/internal/engine/drift"
)

func TestKeepFields(t *testing.T) {
	t.Parallel()
	got := drift.ParseFields([]byte(`{"name": true, "m": {"a.b": true}, "o": [{"p": true}]}`))
	// What status keeps is what was to be kept, and is not written again.
	var kept *runtime.RawExtension
	if err := keepFields(got, &kept); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(got, readFields(kept)); d != "" {
		t.Error(d)
	}
	kept.Raw = []byte(strings.ReplaceAll(string(kept.Raw), ":", ": "))
	text := string(kept.Raw)
	if err := keepFields(got, &kept); err != nil || string(kept.Raw) != text {
		t.Errorf("written again: %s, %v", kept.Raw, err)
	}
}
