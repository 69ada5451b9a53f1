// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// customization is what docs/gitops/argocd-cm.yaml tells Argo CD about a kind.
type customization struct {
	health    string
	discovery string
	actions   map[string]string
}

// customizations reads them, by kind.
var customizations = sync.OnceValue(func() map[string]customization {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "gitops", "argocd-cm.yaml"))
	Expect(err).NotTo(HaveOccurred())
	var config corev1.ConfigMap
	Expect(yaml.UnmarshalStrict(text, &config)).To(Succeed())
	all := map[string]customization{}
	for key, value := range config.Data {
		about, kind, found := strings.Cut(strings.TrimPrefix(key, "resource.customizations."), ".meshagent.com_")
		Expect(found).To(BeTrue(), key)
		one := all[kind]
		switch about {
		case "health":
			one.health = value
		case "actions":
			var actions struct {
				Discovery   string `json:"discovery.lua"`
				Definitions []struct {
					Name   string `json:"name"`
					Script string `json:"action.lua"`
				} `json:"definitions"`
			}
			Expect(yaml.UnmarshalStrict([]byte(value), &actions)).To(Succeed())
			one.discovery, one.actions = actions.Discovery, map[string]string{}
			for _, action := range actions.Definitions {
				one.actions[action.Name] = action.Script
			}
		default:
			Fail("Argo CD does not know " + key)
		}
		all[kind] = one
	}
	return all
})

// argoHealth is what Argo CD says of an object.
func argoHealth(obj client.Object) (health, message string) {
	GinkgoHelper()
	if !obj.GetDeletionTimestamp().IsZero() {
		return "Progressing", "Pending deletion" // Argo CD does not ask the script
	}
	gvks, _, err := scheme.ObjectKinds(obj)
	Expect(err).NotTo(HaveOccurred())
	result, _ := inLua(customizations()[gvks[0].Kind].health, content(obj)).(map[string]any)
	health, _ = result["status"].(string)
	message, _ = result["message"].(string)
	return health, message
}

// checkArgoHealth compares what Argo CD says of an object with what kstatus says.
func checkArgoHealth(obj client.Object, kstatus status.Status, suspended bool) {
	GinkgoHelper()
	want := map[status.Status]string{
		status.CurrentStatus: "Healthy", status.InProgressStatus: "Progressing", status.FailedStatus: "Degraded", status.TerminatingStatus: "Progressing",
	}[kstatus]
	if suspended {
		want = "Suspended"
	}
	health, message := argoHealth(obj)
	Expect(health).To(Equal(want), "%s: %s", message, conditions(obj))
	Expect(message).NotTo(BeEmpty())
}
