// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import "testing"

func TestVersions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]version{
		"0.44.13": {0, 44, 13}, "v0.50": {0, 50}, " 0.45.0-rc.1 ": {0, 45}, "1.2.3+build": {1, 2, 3},
	} {
		if got, ok := parseVersion(text); !ok || got != want {
			t.Errorf("%q: %v, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "main", "0", "0.44.1.2", "0.x", "0.-1", "0..1", "99999999999999.0"} {
		if got, ok := parseVersion(text); ok {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestFeatures(t *testing.T) {
	t.Parallel()
	volumes := Feature{Noun: "volumes", From: "0.48"}
	for _, test := range []struct {
		api             API
		grants, volumes bool
	}{
		{API{}, true, false},
		{API{Generation044, "0.44.6"}, true, false},
		{API{Generation044, ""}, true, false},
		{API{Generation044, "0.50.1"}, true, false}, // used as 0.44
		{API{Generation045, "0.47.1"}, false, false},
		{API{Generation045, "0.50.1"}, false, true},
		{API{Generation045, ""}, false, true}, // assumed, because the version is unknown
	} {
		if grants, has := test.api.Has(RoomGrants), test.api.Has(volumes); grants != test.grants || has != test.volumes {
			t.Errorf("%v (%s): room grants %t, volumes %t", test.api, test.api.Generation, grants, has)
		}
	}
	for api, want := range map[API]bool{
		{}: false, {Generation044, "0.44.6"}: true, {Generation044, "0.50.1"}: false, {Generation044, ""}: false, {Generation045, "0.44.6"}: false,
	} {
		if api.Tested() != want {
			t.Errorf("%v (%s) is tested: %t", api, api.Generation, !want)
		}
	}
}
