// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command kinds writes the lists of kinds that are the same for all of them, from the
// CustomResourceDefinitions in config/crd/bases and the samples in config/samples. make generate
// runs it.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintf(os.Stderr, "kinds: %v\n", err)
		os.Exit(1)
	}
}

// list is a part of a file that has an entry for each kind.
type list struct {
	file  string
	part  *regexp.Regexp // what is replaced, each time that it is found
	entry string         // a template of the entry of a kind, or of what else is listed
	of    func(folder string) ([]entry, error)
}

// entry is what a list has something about.
type entry struct {
	Kind, Plural, Group string
	File                string // of its definition, or of a sample
}

// anchor is the kind whose entries of docs/gitops/argocd-cm.yaml all others refer to.
const anchor = "MeshProject"

var lists = []list{
	{"config/crd/kustomization.yaml", regexp.MustCompile(`(?m)(^- bases/.*\n)+`), "- bases/{{.File}}\n", kinds},
	{"config/samples/kustomization.yaml", regexp.MustCompile(`(?m)(^- .*\.yaml\n)+`), "- {{.File}}\n", sampleFiles},
	{"config/rbac/viewer_role.yaml", resources, "  - {{.Plural}}\n", kinds},
	{"config/rbac/viewer_role.yaml", statuses, "  - {{.Plural}}/status\n", kinds},
	{"config/rbac/editor_role.yaml", resources, "  - {{.Plural}}\n", kinds},
	{"config/rbac/editor_role.yaml", statuses, "  - {{.Plural}}/status\n", kinds},
	{"config/rbac/admin_role.yaml", resources, "  - {{.Plural}}\n", kinds},
	{"config/rbac/admin_role.yaml", statuses, "  - {{.Plural}}/status\n", kinds},
	{"docs/gitops/argocd-cm.yaml", regexp.MustCompile(`(?m)(^  .*: \*health\n)+`), "  resource.customizations.health.{{.Group}}_{{.Kind}}: *health\n", others},
	{"docs/gitops/argocd-cm.yaml", regexp.MustCompile(`(?m)(^  .*: \*actions\n)+`), "  resource.customizations.actions.{{.Group}}_{{.Kind}}: *actions\n", others},
	{"PROJECT", regexp.MustCompile(`(?m)(^- api:\n(^  .*\n)+)+`), `- api:
    crdVersion: v1
    namespaced: true
  controller: true
  domain: com
  group: meshagent
  kind: {{.Kind}}
  path: github.com/meshagent/meshagent-operator/api/v1alpha1
  version: v1alpha1
`, kinds},
}

var (
	resources = regexp.MustCompile(`(?m)(^  - mesh[a-z]+\n)+`)
	statuses  = regexp.MustCompile(`(?m)(^  - mesh[a-z]+/status\n)+`)
)

// run writes all lists below a folder.
func run(folder string) error {
	for _, one := range lists {
		if err := one.write(folder); err != nil {
			return fmt.Errorf("%s: %w", one.file, err)
		}
	}
	return nil
}

func (l list) write(folder string) error {
	path := filepath.Join(folder, l.file)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !l.part.Match(text) {
		return fmt.Errorf("it has no list that matches %s", l.part)
	}
	entries, err := l.of(folder)
	if err != nil {
		return err
	}
	shape, err := template.New("").Parse(l.entry)
	if err != nil {
		return err
	}
	var all strings.Builder
	for _, one := range entries {
		if err := shape.Execute(&all, one); err != nil {
			return err
		}
	}
	made := l.part.ReplaceAllLiteral(text, []byte(all.String()))
	if string(made) == string(text) {
		return nil
	}
	return os.WriteFile(path, made, 0o644)
}

// kinds are those that are defined, in the order of their plurals.
func kinds(folder string) ([]entry, error) {
	files, err := filepath.Glob(filepath.Join(folder, "config", "crd", "bases", "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, errors.New("there are no definitions"))
	}
	all := make([]entry, 0, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var definition apiextensionsv1.CustomResourceDefinition
		if err := yaml.UnmarshalStrict(text, &definition); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		names := definition.Spec.Names
		all = append(all, entry{Kind: names.Kind, Plural: names.Plural, Group: definition.Spec.Group, File: filepath.Base(file)})
	}
	slices.SortFunc(all, func(a, b entry) int { return strings.Compare(a.Plural, b.Plural) })
	return all, nil
}

func others(folder string) ([]entry, error) {
	all, err := kinds(folder)
	return slices.DeleteFunc(all, func(one entry) bool { return one.Kind == anchor }), err
}

func sampleFiles(folder string) (all []entry, err error) {
	files, err := filepath.Glob(filepath.Join(folder, "config", "samples", "*.yaml"))
	for _, file := range files {
		if name := filepath.Base(file); name != "kustomization.yaml" {
			all = append(all, entry{File: name})
		}
	}
	return all, err
}
