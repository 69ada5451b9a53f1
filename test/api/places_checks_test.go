// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/meshagent/meshagent-operator/test/harness/samples"
)

// placeChecks look for a kind, each in one place. They return what to do, "" if nothing is missing.
var placeChecks = []func(r *repository, kind, plural string) string{
	(*repository).isControlled, (*repository).isInstalled, (*repository).hasSample, (*repository).hasEdit, (*repository).hasRoles, (*repository).isKnownToArgoCD,
	(*repository).isInProject, (*repository).isInReadme, (*repository).hasPage, (*repository).hasAdmissionTable, (*repository).hasTranscript,
	(*repository).isInFaults, (*repository).hasWireTest,
}

func (r *repository) isControlled(kind, _ string) string {
	if _, ok := r.controlled[kind]; !ok {
		return "has no controller: add it to internal/controller/all.go."
	}
	return ""
}

func (r *repository) isInstalled(_, plural string) string {
	if !hasLine(r.files["config/crd/kustomization.yaml"], "- bases/meshagent.com_"+plural+".yaml") {
		return "is not in config/crd/kustomization.yaml: run make generate."
	}
	return ""
}

func (r *repository) hasSample(kind, _ string) string {
	found := r.samplesOf(kind)
	if len(found) == 0 {
		return "has no sample: add one of every shape to config/samples."
	}
	for _, one := range found {
		if !hasLine(r.files["config/samples/kustomization.yaml"], "- "+path.Base(one.file)) {
			return "has a sample in " + one.file + ", which is not in config/samples/kustomization.yaml: run make generate."
		}
	}
	return ""
}

// sampleFile is an object in config/samples.
type sampleFile struct{ file, name string }

func (r *repository) samplesOf(kind string) (found []sampleFile) {
	for file, text := range r.files {
		if !strings.HasPrefix(file, "config/samples/") {
			continue
		}
		for document := range strings.SplitSeq(text, "\n---\n") {
			if hasLine(document, "kind: "+kind) {
				found = append(found, sampleFile{file, firstMatch(document, `(?m)^  name: (\S+)`)})
			}
		}
	}
	return found
}

func (r *repository) hasEdit(kind, _ string) string {
	for _, one := range r.unedited {
		if of, name, _ := strings.Cut(one, " "); of == kind {
			return fmt.Sprintf("has the sample %q, and test/harness/samples/edits.go does not say what users may change in it: add a line.", name)
		}
	}
	return ""
}

func (r *repository) hasRoles(_, plural string) string {
	for _, role := range []string{"viewer", "editor", "admin"} {
		file := "config/rbac/" + role + "_role.yaml"
		for _, resource := range []string{plural, plural + "/status"} {
			if !hasLine(r.files[file], "- "+resource) {
				return fmt.Sprintf("is unknown to %ss: %s does not name %s. Run make generate.", role, file, resource)
			}
		}
	}
	return ""
}

func (r *repository) isKnownToArgoCD(kind, _ string) string {
	for _, what := range []string{"health", "actions"} {
		if !strings.Contains(r.files["docs/gitops/argocd-cm.yaml"], "\n  resource.customizations."+what+".meshagent.com_"+kind+": ") {
			return "has no " + what + " for Argo CD in docs/gitops/argocd-cm.yaml: run make generate."
		}
	}
	return ""
}

func (r *repository) isInProject(kind, _ string) string {
	if !hasLine(r.files["PROJECT"], "kind: "+kind) {
		return "is not in PROJECT: run make generate."
	}
	return ""
}

// row is a kind's line in README's table of kinds.
func (r *repository) row(kind string) string {
	_, table, _ := strings.Cut(r.files["README.md"], "\n## The kinds\n")
	table, _, _ = strings.Cut(table, "\n## ")
	return regexp.MustCompile(`(?m)^\| \[([^]]+, )?` + kind + `(, [^]]+)?\]\(.*$`).FindString(table)
}

func (r *repository) isInReadme(kind, _ string) string {
	if r.row(kind) == "" {
		return "is not in README.md: add it to the table under The kinds, with a link to its page in docs."
	}
	return ""
}

func (r *repository) hasPage(kind, _ string) string {
	page := firstMatch(r.row(kind), `\]\(docs/([^)]+)\)`)
	switch text, exists := r.files["docs/"+page]; {
	case r.row(kind) == "":
		return "" // told already
	case !exists:
		return "has no page: README.md links to docs/" + page + ", which is not there."
	case !hasLine(text, "kind: "+kind):
		return "is not shown by its page: add an example to docs/" + page + "."
	case !strings.Contains(r.files["docs/README.md"], "]("+page+")"):
		return "has a page that docs/README.md does not list: add a line for " + page + "."
	}
	return ""
}

func (r *repository) hasAdmissionTable(kind, _ string) string {
	admitted := func(one admissionCase) bool { return one.want == "" }
	cases := r.admission[kind]
	if !slices.ContainsFunc(cases, admitted) || !slices.ContainsFunc(cases, func(one admissionCase) bool { return !admitted(one) }) {
		return "has no table of what is admitted and what is refused: add one to test/api/kinds_test.go, with both."
	}
	return ""
}

func (r *repository) hasTranscript(kind, _ string) string {
	all := r.samplesOf(kind)
	for _, one := range all {
		file := "test/operator/testdata/" + strings.ToLower(kind)
		if len(all) > 1 {
			file += "-" + one.name
		}
		if _, exists := r.files[file+".http"]; !exists {
			return fmt.Sprintf("has the sample %q, and no transcript of its requests: run go test ./test/operator -ginkgo.focus transcript -update.", one.name)
		}
	}
	return ""
}

func (r *repository) isInFaults(kind, _ string) string {
	tables := strings.Count(r.files["docs/faults.md"], "\n| MeshAgent's answer to ")
	columns := regexp.MustCompile(`(?m)^\| MeshAgent's answer to .* \| `+kind+` \|`).FindAllString(r.files["docs/faults.md"], -1)
	if r.kinds[kind] && !samples.Stays(kind) && (tables == 0 || len(columns) < tables) {
		return "has no column in the tables of docs/faults.md: run go test ./test/faults -run WhateverMeshAgentAnswers -update."
	}
	return ""
}

func (r *repository) hasWireTest(kind, _ string) string {
	document := r.controlled[kind]
	named := func(file string) bool { return regexp.MustCompile(`\b` + document + `\b`).MatchString(r.files[file]) }
	switch {
	case document == "":
		return "" // the client writes nothing for it
	case !named("internal/meshagent/wire_test.go"):
		return "is sent as " + document + ", which is not held against the contract: add its bodies to documents in internal/meshagent/wire_test.go."
	case !named("internal/meshagent/traits_test.go"):
		return "is sent as " + document + ", and no test compares its marks with the traits of its collection: add a line to internal/meshagent/traits_test.go."
	}
	return ""
}
