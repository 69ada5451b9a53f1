// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// appliedFields are the paths of the fields that an object has set, such as metadata.team or
// ports[0].annotations["a.b"].
func appliedFields(status *v1alpha1.CommonStatus) (paths []string) {
	GinkgoHelper()
	if status.AppliedFields == nil {
		return nil
	}
	var root any
	Expect(json.Unmarshal(status.AppliedFields.Raw, &root)).To(Succeed())
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(value)) {
				switch {
				case !plainName.MatchString(name):
					walk(fmt.Sprintf("%s[%q]", at, name), value[name])
				case at == "":
					walk(name, value[name])
				default:
					walk(at+"."+name, value[name])
				}
			}
		case []any:
			for i, element := range value {
				walk(fmt.Sprintf("%s[%d]", at, i), element)
			}
		default:
			paths = append(paths, at)
		}
	}
	walk("", root)
	return paths
}
