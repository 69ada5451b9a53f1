// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"os"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// ArgoCustomization is the configuration of Argo CD for a kind in docs/gitops/argocd-cm.yaml.
type ArgoCustomization struct {
	Health    string
	Discovery string
	Actions   map[string]string
}

// ArgoCustomizations returns the configuration of each kind.
var ArgoCustomizations = sync.OnceValue(func() map[string]ArgoCustomization {
	GinkgoHelper()
	text, err := os.ReadFile(Path("docs", "gitops", "argocd-cm.yaml"))
	Expect(err).NotTo(HaveOccurred())
	var config corev1.ConfigMap
	Expect(yaml.UnmarshalStrict(text, &config)).To(Succeed())
	all := map[string]ArgoCustomization{}
	for key, value := range config.Data {
		about, kind, found := strings.Cut(strings.TrimPrefix(key, "resource.customizations."), ".meshagent.com_")
		Expect(found).To(BeTrue(), key)
		one := all[kind]
		switch about {
		case "health":
			one.Health = value
		case "actions":
			var actions struct {
				Discovery   string `json:"discovery.lua"`
				Definitions []struct {
					Name   string `json:"name"`
					Script string `json:"action.lua"`
				} `json:"definitions"`
			}
			Expect(yaml.UnmarshalStrict([]byte(value), &actions)).To(Succeed())
			one.Discovery, one.Actions = actions.Discovery, map[string]string{}
			for _, action := range actions.Definitions {
				one.Actions[action.Name] = action.Script
			}
		default:
			Fail("Argo CD does not know " + key)
		}
		all[kind] = one
	}
	return all
})

// ArgoHealth returns Argo CD's health of an object.
func ArgoHealth(obj client.Object) (health, message string) {
	GinkgoHelper()
	if !obj.GetDeletionTimestamp().IsZero() {
		return "Progressing", "Pending deletion" // Argo CD does not run the script then
	}
	gvks, _, err := Scheme.ObjectKinds(obj)
	Expect(err).NotTo(HaveOccurred())
	result, _ := RunLua(ArgoCustomizations()[gvks[0].Kind].Health, Content(obj)).(map[string]any)
	health, _ = result["status"].(string)
	message, _ = result["message"].(string)
	return health, message
}

// checkArgoHealth compares Argo CD's health of an object with kstatus.
func checkArgoHealth(obj client.Object, kstatus status.Status, suspended bool) {
	GinkgoHelper()
	want := map[status.Status]string{
		status.CurrentStatus: "Healthy", status.InProgressStatus: "Progressing", status.FailedStatus: "Degraded", status.TerminatingStatus: "Progressing",
	}[kstatus]
	if suspended {
		want = "Suspended"
	}
	health, message := ArgoHealth(obj)
	Expect(health).To(Equal(want), "%s: %s", message, ConditionsOf(obj))
	Expect(message).NotTo(BeEmpty())
}
