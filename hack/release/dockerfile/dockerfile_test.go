// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package dockerfile

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var root = filepath.Join("..", "..", "..")

func TestGoVersion(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	minor := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	if minor == nil {
		t.Fatal("go.mod names no version of Go")
	}
	text, err := os.ReadFile(filepath.Join(root, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "golang:" + string(minor[1]) + " AS build\n"; !strings.Contains(string(text), want) {
		t.Errorf("the Dockerfile builds with another version of Go than go.mod names: want %q", want)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	file := filepath.Join(root, "Dockerfile")
	if err := check(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, old, new, want string }{
		{"another base", "FROM gcr.io/distroless/static:nonroot\n", "FROM debian:12\n", "may hold a shell"},
		{"root", "USER 65532:65532\nENTRYPOINT [\"/manager\"]", "USER 0:0\nENTRYPOINT [\"/manager\"]", "USER must be"},
		{"no user", "USER 65532:65532\nENTRYPOINT [\"/manager\"]", "ENTRYPOINT [\"/manager\"]", "USER must be"},
		{"a shell", `ENTRYPOINT ["/manager"]`, "ENTRYPOINT /manager", "ENTRYPOINT must be a list"},
		{"a command", "COPY --from=build /src/bin/manager", "RUN true\nCOPY --from=build /src/bin/manager", "RUN needs a shell"},
		{"no version", "org.opencontainers.image.version=", "version=", "image.version is missing"},
		{"one of BuildKit's rules", "AS simulator", "as simulator", "FromAsCasing"},
		{"no instruction", "WORKDIR /src", "WORKDR /src", "WORKDR"},
	} {
		changed := filepath.Join(t.TempDir(), "Dockerfile")
		edited := strings.Replace(string(text), tt.old, tt.new, 1)
		if edited == string(text) {
			t.Fatalf("%s: %q is not in the Dockerfile", tt.name, tt.old)
		}
		if err := os.WriteFile(changed, []byte(edited), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := check(t.Context(), changed); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}
