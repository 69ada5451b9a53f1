// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/yaml"
)

// Schemas returns the schemas of all versions in a folder of definitions.
func Schemas(folder string) map[string]map[string]any {
	GinkgoHelper()
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	Expect(err).NotTo(HaveOccurred())
	Expect(files).NotTo(BeEmpty())
	found := map[string]map[string]any{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		var definition struct {
			Spec struct {
				Names    struct{ Kind string }
				Versions []struct {
					Name   string
					Served bool
					Schema struct{ OpenAPIV3Schema map[string]any }
				}
			}
		}
		Expect(yaml.Unmarshal(text, &definition)).To(Succeed())
		for _, version := range definition.Spec.Versions {
			if version.Served {
				found[definition.Spec.Names.Kind+" "+version.Name] = version.Schema.OpenAPIV3Schema
			}
		}
	}
	return found
}

// Released is the folder of the definitions of the last release, without their documentation. Until
// the first release, it has the definitions from which the release starts. After each release, go
// test ./test/api -ginkgo.focus 'change of the definitions' -update writes them.
var Released = Path("test", "api", "testdata", "released")

// ReleasedAndNew returns a folder with the definitions of the last release, and of the kinds that
// it did not have.
func ReleasedAndNew() string {
	GinkgoHelper()
	folder := GinkgoT().TempDir()
	for _, from := range []string{Definitions, Released} {
		files, err := filepath.Glob(filepath.Join(from, "*.yaml"))
		Expect(err).NotTo(HaveOccurred())
		Expect(files).NotTo(BeEmpty())
		for _, file := range files {
			text, err := os.ReadFile(file)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.WriteFile(filepath.Join(folder, filepath.Base(file)), text, 0o600)).To(Succeed())
		}
	}
	return folder
}

// WithoutDocumentation returns a definition, or a part of one, without its descriptions.
func WithoutDocumentation(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = WithoutDocumentation(value[i])
		}
	case map[string]any:
		for name, member := range value {
			if _, isText := member.(string); isText && name == "description" {
				delete(value, name)
			} else {
				value[name] = WithoutDocumentation(member)
			}
		}
	}
	return value
}
