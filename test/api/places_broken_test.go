// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"regexp"
	"strings"
)

// brokenPlaces are the ways to forget a kind somewhere, and what must be told then.
var brokenPlaces = []struct {
	what   string
	forget func(r *repository, kind string)
	want   string
}{
	{"the controller", func(r *repository, kind string) { delete(r.controlled, kind) }, "internal/controller/all.go"},
	{"the definition", func(r *repository, kind string) { delete(r.files, definitionOf(r, kind)) }, "config/crd/bases"},
	{"the definition for kustomize", inLines("config/crd/kustomization.yaml", func(_, plural string) string { return "_" + plural + ".yaml" }), "config/crd/kustomization.yaml"},
	{"the sample", func(r *repository, kind string) {
		for _, one := range r.samplesOf(kind) {
			delete(r.files, one.file)
		}
	}, "config/samples"},
	{"the sample for kustomize", inLines("config/samples/kustomization.yaml", func(kind, _ string) string { return strings.ToLower(kind) + ".yaml" }), "config/samples/kustomization.yaml"},
	{"the edit", func(r *repository, kind string) { r.unedited = append(r.unedited, kind+" x") }, "test/harness/samples/edits.go"},
	{"the role of viewers", inLines("config/rbac/viewer_role.yaml", func(_, plural string) string { return "- " + plural }), "unknown to viewers"},
	{"the status in the role of viewers", inLines("config/rbac/viewer_role.yaml", func(_, plural string) string { return "- " + plural + "/status" }), "/status"},
	{"the role of editors", inLines("config/rbac/editor_role.yaml", func(_, plural string) string { return "- " + plural }), "unknown to editors"},
	{"the status in the role of editors", inLines("config/rbac/editor_role.yaml", func(_, plural string) string { return "- " + plural + "/status" }), "/status"},
	{"the role of admins", inLines("config/rbac/admin_role.yaml", func(_, plural string) string { return "- " + plural }), "unknown to admins"},
	{"the status in the role of admins", inLines("config/rbac/admin_role.yaml", func(_, plural string) string { return "- " + plural + "/status" }), "/status"},
	{"the health for Argo CD", inLines("docs/gitops/argocd-cm.yaml", func(kind, _ string) string { return "health.meshagent.com_" + kind + ": *health" }), "no health for Argo CD"},
	{"the actions for Argo CD", inLines("docs/gitops/argocd-cm.yaml", func(kind, _ string) string { return "actions.meshagent.com_" + kind + ": *actions" }), "no actions for Argo CD"},
	{"the block in PROJECT", inLines("PROJECT", func(kind, _ string) string { return "kind: " + kind }), "PROJECT"},
	{"the line in README.md", inText("README.md", func(kind string) string { return `(?m)\b` + kind + `\b` }), "The kinds"},
	{"the page", func(r *repository, kind string) { delete(r.files, pageOf(r, kind)) }, "has no page"},
	{"the example on the page", func(r *repository, kind string) {
		inText(pageOf(r, kind), func(kind string) string { return `(?m)^ *kind: ` + kind + `$` })(r, kind)
	}, "add an example"},
	{"the line in docs/README.md", func(r *repository, kind string) {
		page := strings.TrimPrefix(pageOf(r, kind), "docs/")
		r.files["docs/README.md"] = strings.ReplaceAll(r.files["docs/README.md"], "("+page+")", "")
	}, "docs/README.md does not list"},
	{"what is admitted", func(r *repository, kind string) { r.only(kind, false) }, "test/api/kinds_test.go"},
	{"what is refused", func(r *repository, kind string) { r.only(kind, true) }, "test/api/kinds_test.go"},
	{"the transcript", func(r *repository, kind string) {
		for file := range r.files {
			name := "test/operator/testdata/" + strings.ToLower(kind)
			if strings.HasPrefix(file, name+".") || strings.HasPrefix(file, name+"-") {
				delete(r.files, file)
				return // even one
			}
		}
	}, "no transcript"},
	{"a column in docs/faults.md", func(r *repository, kind string) {
		r.files["docs/faults.md"] = strings.Replace(r.files["docs/faults.md"], " "+kind+" |", "", 1)
	}, "no column"},
	{"the test of the wire", func(r *repository, kind string) {
		inText("internal/meshagent/wire_test.go", func(string) string { return `\b` + r.controlled[kind] + `\b` })(r, kind)
	}, "wire_test.go"},
	{"the test of its marks", func(r *repository, kind string) {
		inText("internal/meshagent/traits_test.go", func(string) string { return `\b` + r.controlled[kind] + `\b` })(r, kind)
	}, "traits_test.go"},
}

// inLines takes out the lines of a file that end in something.
func inLines(file string, end func(kind, plural string) string) func(*repository, string) {
	return func(r *repository, kind string) {
		suffix := regexp.QuoteMeta(end(kind, r.plural(kind)))
		inText(file, func(string) string { return `(?m)^.*` + suffix + `\n` })(r, kind)
	}
}

// inText takes out what matches a pattern in a file.
func inText(file string, pattern func(kind string) string) func(*repository, string) {
	return func(r *repository, kind string) {
		r.files[file] = regexp.MustCompile(pattern(kind)).ReplaceAllString(r.files[file], "")
	}
}

func definitionOf(r *repository, kind string) string {
	for file, text := range r.files {
		if definedKind(file, text) == kind {
			return file
		}
	}
	return ""
}

func pageOf(r *repository, kind string) string {
	return firstMatch(r.row(kind), `\]\((docs/[^)]+)\)`)
}

// only keeps the cases of a kind that are refused, or those that are not.
func (r *repository) only(kind string, admitted bool) {
	var kept []admissionCase
	for _, one := range r.admission[kind] {
		if (one.want == "") == admitted {
			kept = append(kept, one)
		}
	}
	r.admission[kind] = kept
}
