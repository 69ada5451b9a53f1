// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
)

// example is a value with all that a schema of the contract allows. Where it has alternatives, pick
// chooses one. Members in leave are left out.
func example(schema *openapi3.Schema, pick int, leave ...string) any {
	for len(schema.AllOf) == 1 {
		schema = schema.AllOf[0].Value
	}
	if len(schema.OneOf) > 0 {
		return example(schema.OneOf[pick%len(schema.OneOf)].Value, pick, leave...)
	}
	switch {
	case len(schema.Enum) > 0:
		return schema.Enum[pick%len(schema.Enum)]
	case schema.Type.Is(openapi3.TypeBoolean):
		return pick%2 == 0
	case schema.Type.Is(openapi3.TypeInteger):
		return int64(7)
	case schema.Type.Is(openapi3.TypeArray):
		return []any{example(schema.Items.Value, pick, leave...)}
	case schema.Type.Is(openapi3.TypeString):
		return "text"
	}
	object := map[string]any{}
	for name, member := range schema.Properties {
		if !slices.Contains(leave, name) {
			object[name] = example(member.Value, pick, leave...)
		}
	}
	if len(object) == 0 {
		object["a_key"] = "text"
	}
	return object
}

// exampleService is an example of a service that is possible: with one of what excludes each other.
func exampleService(pick int) map[string]any {
	// A secret in clear has no place in a custom resource.
	made := example(harness.Validator().Document().Components.Schemas["ServiceSpec"].Value, pick, "id", "client_secret").(map[string]any)
	secrets := example(harness.Validator().Document().Components.Schemas["SecretValue"].Value, pick)
	container := made["container"].(map[string]any)
	container["environment"] = apart(container["environment"], "name", "value", "token", "secret")
	for _, one := range container["environment"].([]any) {
		if variable := one.(map[string]any); variable["secret"] != nil {
			variable["secret"] = secrets
		}
	}
	for _, one := range made["ports"].([]any) {
		port := one.(map[string]any)
		port["endpoints"] = apart(port["endpoints"], "path", "meshagent", "mcp")
	}
	delete(made, []string{"container", "external"}[pick%2])
	return made
}

// apart makes several elements of the only one of a list, each with one of the members that exclude
// each other and its own value of key.
func apart(list any, key string, members ...string) []any {
	whole := list.([]any)[0].(map[string]any)
	var elements []any
	for _, chosen := range members {
		one := maps.Clone(whole)
		one[key] = chosen
		maps.DeleteFunc(one, func(name string, _ any) bool { return name != chosen && slices.Contains(members, name) })
		elements = append(elements, one)
	}
	return elements
}

// asCustomResource is the spec of the MeshService for a service of MeshAgent: what docs/services.md
// tells people to write.
func asCustomResource(service map[string]any) map[string]any {
	spec := runtime.DeepCopyJSON(service)
	delete(spec, "version")
	delete(spec, "kind")
	metadata := spec["metadata"].(map[string]any)
	spec["name"] = metadata["name"]
	delete(metadata, "name")
	external := func(id any) map[string]any { return map[string]any{"externalID": id} }
	if container, ok := spec["container"].(map[string]any); ok {
		container["meshSecretRefs"] = []any{external(container["secrets"].([]any)[0])}
		container["pullMeshSecretRef"] = external(container["pull_secret"])
		delete(container, "secrets")
		delete(container, "pull_secret")
		for _, variable := range container["environment"].([]any) {
			if secret, ok := variable.(map[string]any)["secret"].(map[string]any); ok {
				secret["meshSecretRef"] = external(secret["id"])
				delete(secret, "id")
			}
		}
	}
	return camelCase(spec).(map[string]any)
}

// camelCase writes the names of members as custom resources do. The keys of free maps stay.
func camelCase(value any) any {
	switch value := value.(type) {
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = camelCase(element)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for name, member := range value {
			words := strings.Split(name, "_")
			for i, word := range words[1:] {
				words[i+1] = strings.ToUpper(word[:1]) + word[1:]
			}
			written := strings.NewReplacer("Id", "ID", "Oauth", "OAuth", "openai", "openAI", "Fs", "FS").Replace(strings.Join(words, ""))
			switch name {
			case "a_key":
				written = name
			case "subpath":
				written = "subPath"
			case "no_pkce":
				written, member = "pkce", map[any]string{true: "Disabled", false: "Required"}[member]
			case "template", "role", "type", "require_approval", "threading_mode", "pathType":
				member = enumeration(member.(string))
			}
			object[written] = camelCase(member)
		}
		return object
	}
	return value
}

// enumeration is the value that custom resources have for a word of MeshAgent.
func enumeration(word string) string {
	if word == "http" || word == "tcp" {
		return strings.ToUpper(word)
	}
	value := ""
	for part := range strings.SplitSeq(word, "-") {
		value += strings.ToUpper(part[:1]) + part[1:]
	}
	return value
}

// inOrder is a service with its variables in the order of their names: theirs does not matter.
func inOrder(service map[string]any) any {
	document := normal(service)
	if container, ok := document["container"].(map[string]any); ok {
		variables, _ := container["environment"].([]any)
		slices.SortFunc(variables, func(a, b any) int {
			return strings.Compare(fmt.Sprint(a.(map[string]any)["name"]), fmt.Sprint(b.(map[string]any)["name"]))
		})
	}
	return document
}

var _ = Describe("MeshService and the contract", func() {
	It("agree: all that a service can have survives", func(ctx SpecContext) {
		harness.InParallel([]int{0, 1, 2, 3, 4, 5}, func(pick int) { keepsService(ctx, exampleService(pick)) })
	})
})

func keepsService(ctx context.Context, wire map[string]any) {
	w := harness.NewEnv(ctx)
	w.StartOperator(harness.OperatorOptions{})
	w.ApplyProject(ctx)
	Expect(harness.Validator().CheckSchema("ServiceSpec", normal(wire))).To(Succeed())
	raw := &unstructured.Unstructured{Object: map[string]any{"spec": asCustomResource(wire)}}
	raw.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("MeshService"))
	raw.SetNamespace(w.Namespace)
	raw.SetName("example")
	Expect(client.WithFieldValidation(w, "Strict").Create(ctx, raw)).To(Succeed())
	made := &v1alpha1.MeshService{}
	made.SetNamespace(w.Namespace)
	made.SetName("example")
	w.ExpectReady(ctx, made)

	By("being in MeshAgent as it was written")
	there := remoteService(w, "text")
	delete(there, "id")
	annotations := there["metadata"].(map[string]any)["annotations"].(map[string]any)
	delete(annotations, v1alpha1.OwnerAnnotation)
	Expect(inOrder(there)).To(Equal(inOrder(wire)))

	By("being looked at, without a difference")
	w.MeshAgent.ResetCalls()
	w.RequestReconcile(ctx, made)
	Expect(w.Calls()).To(Equal([]string{"GET services/" + made.Status.ID}))
}

// normal is a document with its numbers as JSON has them.
func normal(document map[string]any) map[string]any {
	GinkgoHelper()
	var decoded map[string]any
	Expect(json.Unmarshal([]byte(textOf(document)), &decoded)).To(Succeed())
	return decoded
}
