// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"testing"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

func TestWordsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, value := range []v1alpha1.MeshSecretType{v1alpha1.MeshSecretKeys, v1alpha1.MeshSecretDocker} {
		if word := secretTypeWords.wire(value); word == "" || word == string(value) || secretTypeWords.shown(word) != string(value) {
			t.Errorf("%q is %q", value, word)
		}
	}
	if got := secretTypeWords.shown("text/plain"); got != "text/plain" {
		t.Errorf("a media type is shown as %q", got)
	}
	if got := visibilityWords.wire(""); got != "" {
		t.Errorf("an unset value is sent as %q", got)
	}
}

func TestPKCEIsTheOppositeOfNoPKCE(t *testing.T) {
	t.Parallel()
	if got := noPKCE(""); got != nil {
		t.Errorf("an unset value is sent as %t", *got)
	}
	for value, want := range map[v1alpha1.PKCE]bool{v1alpha1.PKCERequired: false, v1alpha1.PKCEDisabled: true} {
		if got := noPKCE(value); got == nil || *got != want {
			t.Errorf("%s is sent as %v", value, got)
		}
	}
}
