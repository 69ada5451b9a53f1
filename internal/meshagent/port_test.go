// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"testing"
)

func TestPorts(t *testing.T) {
	t.Parallel()
	for read, want := range map[string]struct {
		port    Port
		written string
	}{
		`8000`: {"8000", `8000`}, `"8000"`: {"8000", `8000`}, `"*"`: {"*", `"*"`}, `"http"`: {"http", `"http"`}, `null`: {"", `""`},
	} {
		// As a port of a service and as the target of a route.
		var service ServicePort
		var route RoutePath
		if err := json.Unmarshal([]byte(`{"num": `+read+`}`), &service); err != nil || service.Num != want.port {
			t.Errorf("%s was read as %q, %v", read, service.Num, err)
		}
		if err := json.Unmarshal([]byte(`{"targetPort": `+read+`}`), &route); err != nil || route.TargetPort != want.port {
			t.Errorf("%s was read as %q, %v", read, route.TargetPort, err)
		}
		if written, err := json.Marshal(want.port); err != nil || string(written) != want.written {
			t.Errorf("%q was written as %s, %v", want.port, written, err)
		}
	}
	for _, text := range []string{`1.5`, `-1`, `true`, `{}`, `99999999999`} {
		if json.Unmarshal([]byte(text), new(Port)) == nil {
			t.Errorf("%s was taken for a port", text)
		}
	}
}
