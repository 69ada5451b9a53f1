// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"testing"
	"testing/synctest"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// A cache that does not show the operator's own write yet is waited for, and not for ever.
func TestAnOlderVersionThanTheOneWrittenIsBehind(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		version := func(v string) *v1alpha1.MeshRoom {
			return &v1alpha1.MeshRoom{ObjectMeta: metav1.ObjectMeta{UID: "1", ResourceVersion: v}}
		}
		var known memories
		known.noteWrite(version("10"))
		if !known.isBehind(version("9")) {
			t.Error("version 9 is not behind version 10")
		}
		if known.isBehind(version("10")) {
			t.Error("what was written is behind itself")
		}
		if known.isBehind(version("9")) {
			t.Error("a cache that showed the write once can go back")
		}
		known.noteWrite(version("20"))
		<-time.After(maxUnseen + time.Second)
		if known.isBehind(version("19")) {
			t.Error("a cache that never shows the write is waited for without end")
		}
	})
}
