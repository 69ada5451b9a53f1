// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import "strings"

var _ = describeAdmission("MeshRoom",
	good("without a spec", `{}`),
	good("with an empty spec", `spec: {}`),
	good("with everything", `
spec:
  projectRef: {name: default, namespace: shared}
  reconcilePolicy: Observe
  adoptionPolicy: IfUnowned
  deletionPolicy: Orphan
  suspend: true
  name: a-0
  metadata: {a: null, b: [1, {c: 1.5}], "": x, "ключ": "значение"}
  annotations: {meshagent.storage.class: standard, "any key": ""}
`),
	good("with the longest name", `spec: {name: `+strings.Repeat("a", 63)+`}`),
	bad("with an empty name", `spec: {name: ""}`, `spec.name: Invalid value: "": spec.name in body should be at least 1 chars long`),
	bad("with a name that is too long", `spec: {name: `+strings.Repeat("a", 64)+`}`, `spec.name: Too long: may not be more than 63`),
	bad("with capitals in its name", `spec: {name: Support}`, `spec.name in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'`),
	bad("with a path for a name", `spec: {name: ../admin}`, `spec.name in body should match`),
	bad("with a name that ends in a hyphen", `spec: {name: support-}`, `spec.name in body should match`),
	bad("whose own name is not a room name", `metadata: {name: support.eu}`,
		`metadata.name cannot be a room name (1 to 63 lowercase letters, digits and inner hyphens): set spec.name`),
	bad("whose own name is too long for a room", `metadata: {name: `+strings.Repeat("a", 64)+`}`, `metadata.name cannot be a room name`),
	good("whose own name is not a room name, with a name in the spec", "metadata: {name: support.eu}\nspec: {name: support-eu}"),
	bad("with the operator's annotation", `spec: {annotations: {meshagent.com/owner: me}}`, `annotations under meshagent.com/ are reserved for the operator`),
	bad("with an annotation without a name", `spec: {annotations: {"": x}}`, sizes),
	bad("with a long annotation", `spec: {annotations: {a: `+strings.Repeat("x", 16385)+`}}`, sizes),
	bad("with an annotation that is a number", `spec: {annotations: {a: 1}}`, `spec.annotations.a: Invalid value: "integer"`),
	bad("with metadata that is a list", `spec: {metadata: [1]}`, `spec.metadata: Invalid value: "array"`),
	bad("with an unknown policy", `spec: {reconcilePolicy: Sometimes}`, `spec.reconcilePolicy: Unsupported value: "Sometimes": supported values: "Enforce", "Observe"`),
	bad("with another unknown policy", `spec: {adoptionPolicy: Never}`, `supported values: "IfIdentical", "IfUnowned", "Always"`),
	bad("with a third unknown policy", `spec: {deletionPolicy: Retain}`, `supported values: "Delete", "Orphan"`),
	bad("with a policy in lower case", `spec: {deletionPolicy: orphan}`, `spec.deletionPolicy: Unsupported value: "orphan"`),
	bad("with an empty project name", `spec: {projectRef: {name: ""}}`, `spec.projectRef.name in body should be at least 1 chars long`),
	bad("with a misspelt field", `spec: {metdata: {}}`, `unknown field "spec.metdata"`),
)

var _ = describeAdmission("MeshProject",
	good("with the least", `spec: {apiKeySecretRef: {name: key}}`),
	good("with everything", `
spec:
  endpoint: https://api.example.com:8443/meshagent
  projectID: 7c9e6679-7425-40de-944b-e07fc1f90ae7
  apiKeySecretRef: {name: key, key: API_KEY.v1}
  allowedNamespaces: {from: Selector, selector: {matchLabels: {team: support}}}
  rateLimit: {requestsPerSecond: 1000, burst: 10000}
  caBundle: {inline: "-----BEGIN CERTIFICATE-----"}
  defaults: {reconcilePolicy: Observe, adoptionPolicy: Always, deletionPolicy: Orphan}
  suspend: true
`),
	good("with an endpoint in the cluster", `spec: {endpoint: "http://meshagent.svc:8080", apiKeySecretRef: {name: key}}`),
	good("with one default", `spec: {apiKeySecretRef: {name: key}, defaults: {deletionPolicy: Delete}}`),
	good("with CAs in a ConfigMap", `spec: {apiKeySecretRef: {name: key}, caBundle: {configMapKeyRef: {name: ca, key: ca.crt}}}`),
	bad("with empty defaults", `spec: {apiKeySecretRef: {name: key}, defaults: {}}`, `spec.defaults in body should have at least 1 properties`),
	bad("with an unknown default policy", `spec: {apiKeySecretRef: {name: key}, defaults: {reconcilePolicy: observe}}`, `supported values: "Enforce", "Observe"`),
	bad("with an unknown default adoption", `spec: {apiKeySecretRef: {name: key}, defaults: {adoptionPolicy: Never}}`, `supported values: "IfIdentical", "IfUnowned", "Always"`),
	bad("with an unknown default deletion", `spec: {apiKeySecretRef: {name: key}, defaults: {deletionPolicy: Retain}}`, `supported values: "Delete", "Orphan"`),
	bad("with no CAs", `spec: {apiKeySecretRef: {name: key}, caBundle: {}}`, `exactly one of inline and configMapKeyRef must be set`),
	bad("with CAs twice", `spec: {apiKeySecretRef: {name: key}, caBundle: {inline: x, configMapKeyRef: {name: ca, key: ca.crt}}}`, `exactly one of inline and configMapKeyRef must be set`),
	bad("with empty CAs", `spec: {apiKeySecretRef: {name: key}, caBundle: {inline: ""}}`, `spec.caBundle.inline in body should be at least 1 chars long`),
	bad("with a ConfigMap without a key", `spec: {apiKeySecretRef: {name: key}, caBundle: {configMapKeyRef: {name: ca}}}`, `spec.caBundle.configMapKeyRef.key: Required value`),
	bad("without a spec", `{}`, `spec: Required value`),
	bad("without a Secret", `spec: {}`, `spec.apiKeySecretRef: Required value`),
	bad("without the name of the Secret", `spec: {apiKeySecretRef: {}}`, `spec.apiKeySecretRef.name: Required value`),
	bad("with an empty name of the Secret", `spec: {apiKeySecretRef: {name: ""}}`, `spec.apiKeySecretRef.name in body should be at least 1 chars long`),
	bad("with a key that no Secret can have", `spec: {apiKeySecretRef: {name: key, key: "a b"}}`, `spec.apiKeySecretRef.key in body should match`),
	bad("with an endpoint that is not a URL", `spec: {endpoint: api.meshagent.com, apiKeySecretRef: {name: key}}`, `endpoint must be a URL such as https://api.meshagent.com`),
	bad("with an endpoint of another scheme", `spec: {endpoint: "ftp://api.meshagent.com", apiKeySecretRef: {name: key}}`, `endpoint must be a URL such as https://api.meshagent.com`),
	bad("with an endpoint without a host", `spec: {endpoint: "https:///x", apiKeySecretRef: {name: key}}`, `endpoint must be a URL such as https://api.meshagent.com`),
	bad("with a password in the endpoint", `spec: {endpoint: "https://me:secret@api.meshagent.com", apiKeySecretRef: {name: key}}`, `endpoint must have no user, query or fragment`),
	bad("with a query in the endpoint", `spec: {endpoint: "https://api.meshagent.com?a=b", apiKeySecretRef: {name: key}}`, `endpoint must have no user, query or fragment`),
	bad("with an empty endpoint", `spec: {endpoint: "", apiKeySecretRef: {name: key}}`, `spec.endpoint in body should be at least 1 chars long`),
	bad("with from: Selector and no selector", `spec: {apiKeySecretRef: {name: key}, allowedNamespaces: {from: Selector}}`, `selector must be set if, and only if, from is Selector`),
	bad("with a selector and from: All", `spec: {apiKeySecretRef: {name: key}, allowedNamespaces: {from: All, selector: {}}}`, `selector must be set if, and only if, from is Selector`),
	bad("with a selector alone", `spec: {apiKeySecretRef: {name: key}, allowedNamespaces: {selector: {}}}`, `selector must be set if, and only if, from is Selector`),
	bad("with an unknown from", `spec: {apiKeySecretRef: {name: key}, allowedNamespaces: {from: Some}}`, `supported values: "Same", "All", "Selector"`),
	bad("with no rate", `spec: {apiKeySecretRef: {name: key}, rateLimit: {requestsPerSecond: 0}}`, `spec.rateLimit.requestsPerSecond in body should be greater than or equal to 1`),
	bad("with too high a rate", `spec: {apiKeySecretRef: {name: key}, rateLimit: {requestsPerSecond: 1001}}`, `spec.rateLimit.requestsPerSecond in body should be less than or equal to 1000`),
	bad("with no burst", `spec: {apiKeySecretRef: {name: key}, rateLimit: {burst: 0}}`, `spec.rateLimit.burst in body should be greater than or equal to 1`),
	bad("with too high a burst", `spec: {apiKeySecretRef: {name: key}, rateLimit: {burst: 10001}}`, `spec.rateLimit.burst in body should be less than or equal to 10000`),
	bad("with an empty rate limit", `spec: {apiKeySecretRef: {name: key}, rateLimit: {}}`, `spec.rateLimit in body should have at least 1 properties`),
	bad("with an API key in it", `spec: {apiKeySecretRef: {name: key}, apiKey: ma-x}`, `unknown field "spec.apiKey"`),
)
