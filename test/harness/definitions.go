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

// Schemas are those of all versions in a folder of definitions.
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
