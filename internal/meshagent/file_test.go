// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

func testFiles(t *testing.T) (Collection[FileSpec, File], *simulator.Simulator) {
	t.Helper()
	sim := simulator.New()
	key, err := ParseAPIKey(simulator.DevelopmentKey)
	if err != nil {
		t.Fatal(err)
	}
	client, err := New(Options{Endpoint: "http://meshagent.test", Key: key, Transport: sim})
	if err != nil {
		t.Fatal(err)
	}
	return client.Project(key.ProjectID).Files(), sim
}

// A file is what was sent, byte by byte, whatever its path is.
func TestFiles(t *testing.T) {
	t.Parallel()
	files, _ := testFiles(t)
	for _, spec := range []FileSpec{
		{"prompts/system.md", []byte("Be brief.")},
		{"a b/ä?&=%2F#.bin", []byte{0, 0xff, '\n', 0}},
		{"empty", []byte{}},
		{"page.html", []byte("<html></html>")},
		{"looks-like.json", []byte(`{"id": 1}`)},
	} {
		if _, err := files.Get(t.Context(), Ref{Key: spec.Path}); !IsNotFound(err) {
			t.Errorf("%s: %v", spec.Path, err)
		}
		made, shown, err := files.Create(t.Context(), spec)
		if err != nil || shown || made.Identity() != spec.Path {
			t.Fatalf("%+v, %t, %v", made, shown, err)
		}
		got, err := files.Get(t.Context(), Ref{ID: spec.Path})
		if err != nil || !bytes.Equal(got.Data, spec.Data) || got.Key() != spec.Path {
			t.Errorf("%q became %q, %v", spec.Data, got.Data, err)
		}
	}
}

// A web page in place of a file comes from something between the operator and MeshAgent.
func TestAWebPageIsNotTheFile(t *testing.T) {
	t.Parallel()
	for path, believed := range map[string]bool{"a.md": false, "a": false, "a.html": true, "b/a.htm": true} {
		files, sim := testFiles(t)
		sim.Inject(simulator.Fault{Method: http.MethodGet, Status: http.StatusOK, ContentType: "text/html; charset=utf-8", Body: "<html>Sign in</html>"})
		got, err := files.Get(t.Context(), Ref{ID: path})
		if (err == nil) != believed || believed && !strings.Contains(string(got.Data), "Sign in") {
			t.Errorf("%s: %q, %v", path, got.Data, err)
		}
	}
}

func TestFilesCanOnlyBeWritten(t *testing.T) {
	t.Parallel()
	files, sim := testFiles(t)
	if err := files.Delete(t.Context(), "a"); err == nil {
		t.Error("a file was deleted")
	}
	for _, err := range files.All(t.Context()) {
		if err == nil {
			t.Error("files were listed")
		}
	}
	if _, _, err := files.Update(t.Context(), File{FileSpec{Path: "a"}}, FileSpec{Path: "b"}); err == nil {
		t.Error("a file was renamed")
	}
	if calls := sim.Calls(); len(calls) > 0 {
		t.Errorf("it asked %v", calls)
	}
}
