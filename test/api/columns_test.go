// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/reasons"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// displayed are values of status fields in columns, of the length that they really have.
var displayed = map[string]any{
	"id": "0a5c0de0-0000-4000-8000-000000000001", "projectID": "0a5c0de0-0000-4000-8000-000000000002", "userID": "0a5c0de0-0000-4000-8000-000000000003",
	"name": "support", "project": "default/default", "projectName": "support", "apiVersion": "0.44.1", "endpoint": "https://api.meshagent.com",
	"subject": "ops@example.com", "type": "Container", "scope": "agent/0a5c0de0…", "backend": "room/support", "size": int64(262144), "lastRun": map[string]any{"status": "submitted"},
	"email": "ops@example.com",
}

// others are what some kinds have in place of it, and besides their samples.
var others = map[string]string{
	"MeshSecret": `{"status": {"type": "Docker"}}`,
	"MeshFeed":   `{"spec": {"paused": true}}`,
}

var _ = Describe("The columns of kubectl get", func() {
	It("fit into 80 characters, and say why an object is not Ready", func(ctx SpecContext) {
		for gvk, plural := range harness.Admission().Kinds() {
			By(gvk.Kind)
			table := tableOf(ctx, plural, createNotReady(ctx, gvk.Kind, "support"))
			header, row := printed(table, false)
			Expect(utf8.RuneCountInString(header)).To(BeNumerically("<=", 80), "%s\n%s", header, row)
			Expect(strings.Fields(header)).To(ContainElements("READY", "SYNCED", "REASON", "AGE"))
			Expect(row).To(ContainSubstring(longestReason(v1alpha1.ConditionSynced)))
			Expect(row).NotTo(ContainSubstring(fmt.Sprint(displayed["id"])), "ids are wide")
			for i, column := range table.ColumnDefinitions {
				if column.Priority == 0 {
					Expect(table.Rows[0].Cells[i]).NotTo(BeNil(), "column %s shows nothing", column.Name)
				}
			}

			header, row = printed(table, true)
			Expect(strings.Fields(header)).To(ContainElements("PROJECT", "MESSAGE"))
			Expect(row).To(ContainSubstring("what is wrong"))
		}
	})

	It("are joined by fields that lists can be narrowed by", func(ctx SpecContext) {
		createNotReady(ctx, "MeshRoomGrant", "support")
		another := createNotReady(ctx, "MeshRoomGrant", "another")
		another.Object["spec"].(map[string]any)["projectRef"] = map[string]any{"name": "other"}
		Expect(harness.Client().Update(ctx, another)).To(Succeed())
		for selector, want := range map[string][]string{
			"spec.projectRef.name=other":                            {"another"},
			"spec.roomRef.name=support":                             {"another", "support"},
			"spec.roomRef.name=support,spec.projectRef.name!=other": {"support"},
			"spec.roomRef.name=other":                               nil,
		} {
			var list v1alpha1.MeshRoomGrantList
			options := &client.ListOptions{Namespace: "default", Raw: &metav1.ListOptions{FieldSelector: selector}}
			Expect(harness.Client().List(ctx, &list, options)).To(Succeed())
			var found []string
			for _, grant := range list.Items {
				found = append(found, grant.Name)
			}
			Expect(found).To(ConsistOf(want), selector)
		}
	})
})

var _ = It("Each kind has a short name, and can be selected by the project and the room that it names", func(ctx SpecContext) {
	definitions := &unstructured.UnstructuredList{}
	definitions.SetGroupVersionKind(apiextensionsv1.SchemeGroupVersion.WithKind("CustomResourceDefinitionList"))
	Expect(harness.Client().List(ctx, definitions)).To(Succeed())
	taken := map[string]string{}
	for _, one := range definitions.Items {
		var definition apiextensionsv1.CustomResourceDefinition
		Expect(runtime.DefaultUnstructuredConverter.FromUnstructured(one.Object, &definition)).To(Succeed())
		if definition.Spec.Group != v1alpha1.GroupVersion.Group {
			continue
		}
		names := definition.Spec.Names
		Expect(names.ShortNames).To(ConsistOf(HavePrefix("ma")), names.Kind)
		Expect(taken).NotTo(HaveKey(names.ShortNames[0]), names.Kind)
		taken[names.ShortNames[0]] = names.Kind

		version := definition.Spec.Versions[0]
		for _, field := range []string{"projectRef", "roomRef"} {
			selectable := slices.ContainsFunc(version.SelectableFields, func(s apiextensionsv1.SelectableField) bool { return s.JSONPath == ".spec."+field+".name" })
			_, has := version.Schema.OpenAPIV3Schema.Properties["spec"].Properties[field]
			Expect(selectable).To(Equal(has), "%s of %s", field, names.Kind)
		}
	}
	Expect(taken).To(HaveLen(len(harness.Admission().Kinds())))
})

// createNotReady creates the first sample of a kind under another name, with names of seven letters
// for all that it refers to. It is not Ready, for the reason with the longest name.
func createNotReady(ctx context.Context, kind, name string) *unstructured.Unstructured {
	GinkgoHelper()
	text, err := json.Marshal(harness.FirstSample(kind).Fresh())
	Expect(err).NotTo(HaveOccurred())
	if other := others[kind]; other != "" {
		text, err = jsonpatch.MergePatch(text, []byte(other))
		Expect(err).NotTo(HaveOccurred())
	}
	obj := &unstructured.Unstructured{}
	Expect(obj.UnmarshalJSON(text)).To(Succeed())
	obj.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind(kind))
	obj.SetName(name)
	obj.SetNamespace("default")
	shortenReferences(obj.Object["spec"])
	given, _, err := unstructured.NestedMap(obj.Object, "status")
	Expect(err).NotTo(HaveOccurred())
	Expect(harness.Client().Create(ctx, obj)).To(Succeed())
	DeferCleanup(func(ctx SpecContext) { Expect(harness.Client().Delete(ctx, obj)).To(Succeed()) })

	known, _, err := unstructured.NestedMap(harness.Schemas(harness.Definitions)[kind+" "+v1alpha1.GroupVersion.Version], "properties", "status", "properties")
	Expect(err).NotTo(HaveOccurred())
	status := map[string]any{"conditions": []any{
		notTrue(v1alpha1.ConditionReady), notTrue(v1alpha1.ConditionSynced),
	}}
	for field, value := range displayed {
		if known[field] != nil {
			status[field] = value
		}
	}
	if kind := given["type"]; kind != nil {
		status["type"] = kind
	}
	obj.Object["status"] = status
	Expect(harness.Client().Status().Update(ctx, obj)).To(Succeed())
	return obj
}

func notTrue(condition string) map[string]any {
	return map[string]any{
		"type": condition, "status": "False", "reason": longestReason(condition), "message": "what is wrong", "lastTransitionTime": "2026-01-01T00:00:00Z",
	}
}

func longestReason(condition string) string {
	longest := ""
	for _, group := range reasons.Groups {
		for _, reason := range group.Reasons {
			if slices.Contains(reason.Conditions, condition) && len(reason.Name) > len(longest) {
				longest = reason.Name
			}
		}
	}
	return longest
}

// shortenReferences gives all that a spec refers to a name of seven letters.
func shortenReferences(value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			if ref, ok := member.(map[string]any); ok && strings.HasSuffix(name, "Ref") && ref["name"] != nil {
				ref["name"] = "support"
			}
			shortenReferences(member)
		}
	case []any:
		for _, item := range value {
			shortenReferences(item)
		}
	}
}

// tableOf is what the API server answers to kubectl get.
func tableOf(ctx context.Context, plural string, obj *unstructured.Unstructured) *metav1.Table {
	GinkgoHelper()
	config := harness.Plane().Config
	transport, err := rest.HTTPClientFor(config)
	Expect(err).NotTo(HaveOccurred())
	server, _, err := rest.DefaultServerUrlFor(config)
	Expect(err).NotTo(HaveOccurred())
	url := server.JoinPath("apis", v1alpha1.GroupVersion.String(), "namespaces", obj.GetNamespace(), plural, obj.GetName())
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url.String(), http.NoBody)
	Expect(err).NotTo(HaveOccurred())
	request.Header.Set("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io")
	answer, err := transport.Do(request)
	Expect(err).NotTo(HaveOccurred())
	defer func() { Expect(answer.Body.Close()).To(Succeed()) }()
	table := &metav1.Table{}
	Expect(json.NewDecoder(answer.Body).Decode(table)).To(Succeed())
	Expect(table.Rows).To(HaveLen(1))
	return table
}

// printed is a table with one row as kubectl prints it.
func printed(table *metav1.Table, wide bool) (header, row string) {
	var heads, cells []string
	for i, column := range table.ColumnDefinitions {
		if column.Priority > 0 && !wide {
			continue
		}
		cell := ""
		if value := table.Rows[0].Cells[i]; value != nil {
			cell = fmt.Sprint(value)
		}
		if column.Name == "Age" {
			cell = "100d"
		}
		longest := max(utf8.RuneCountInString(column.Name), utf8.RuneCountInString(cell))
		heads = append(heads, padded(strings.ToUpper(column.Name), longest))
		cells = append(cells, padded(cell, longest))
	}
	return strings.Join(heads, "   "), strings.Join(cells, "   ")
}

func padded(text string, length int) string {
	return text + strings.Repeat(" ", length-utf8.RuneCountInString(text))
}
