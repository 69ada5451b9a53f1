// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import (
	"fmt"
	"strings"
)

const numRule = `num must be '*' or a number from 1 to 65535 except 8078, which the room uses`

var _ = describeAdmission("MeshService",
	bad("without a spec", `{}`, `spec: Required value`),
	bad("with nothing to run", `spec: {name: a}`, `set exactly one of container, external and template`),
	bad("with two things to run", `spec: {container: {image: i}, external: {url: u}}`, `set exactly one of container, external and template`),
	good("with a container", `spec: {container: {image: i}}`),
	good("with an external service that says nothing", `spec: {external: {}}`),
	good("in a room that no object manages", `spec: {roomRef: {externalName: r}, external: {url: u}}`),
	bad("with a container without an image", `spec: {container: {command: c}}`, `spec.container.image: Required value`),
	bad("with an unknown defaults for the container", `spec: {container: {image: i, template: agent}}`, `supported values: "Agent", "None"`),
	bad("with a client's secret", `spec: {external: {}, ports: [{endpoints: [{path: /, mcp: {label: l, oauth: {clientSecret: s}}}]}]}`, `unknown field "spec.ports[0].endpoints[0].mcp.oauth.clientSecret"`),

	good("with secrets", `spec: {container: {image: i, meshSecretRefs: [{name: s}, {externalID: a}], pullMeshSecretRef: {externalID: a}}}`),
	bad("with a secret by its name, which may repeat", `spec: {container: {image: i, meshSecretRefs: [{externalName: s}]}}`, `unknown field "spec.container.meshSecretRefs[0].externalName"`),
	bad("with two secrets to pull with", `spec: {container: {image: i, pullMeshSecretRef: {name: s, externalID: a}}}`, oneID),
	bad("with a Kubernetes Secret", `spec: {container: {image: i, secretRefs: [{name: s}]}}`, `unknown field "spec.container.secretRefs"`),
	bad("with a Kubernetes Secret to pull with", `spec: {container: {image: i, pullSecretRef: {name: s}}}`, `unknown field "spec.container.pullSecretRef"`),
	bad("with a variable from a Kubernetes Secret", `spec: {container: {image: i, environment: [{name: A, secret: {identity: i, secretRef: {name: s}}}]}}`, `unknown field "spec.container.environment[0].secret.secretRef"`),
	good("with a writable root file system", `spec: {container: {image: i, writableRootFS: true, template: None, storage: {room: [{path: /a, subPath: b}], project: [{path: /b, subPath: b}], images: [{image: j, path: /c, subPath: b}]}}}`),

	good("with variables", `spec: {container: {image: i, environment: [{name: A, value: ""}, {name: B, token: {identity: i, role: Tool, api: {preset: Full}}}, {name: C, secret: {identity: i, meshSecretRef: {name: s}}}]}}`),
	bad("with a variable without a value", `spec: {container: {image: i, environment: [{name: A}]}}`, `set exactly one of value, token and secret`),
	bad("with a variable with two values", `spec: {container: {image: i, environment: [{name: A, value: v, token: {identity: i}}]}}`, `set exactly one of value, token and secret`),
	bad("with a variable twice", `spec: {container: {image: i, environment: [{name: A, value: v}, {name: A, value: w}]}}`, `Duplicate value`),
	bad("with an unknown role", `spec: {container: {image: i, environment: [{name: A, token: {identity: i, role: user}}]}}`, `supported values: "User", "Agent", "Tool"`),

	good("with ports", `spec: {container: {image: i}, ports: [{}, {num: "*"}, {num: 1}, {num: 65535, type: TCP, hostPort: 80}]}`),
	bad("with the room's port", `spec: {container: {image: i}, ports: [{num: 8078}]}`, numRule),
	bad("with a port that is too high", `spec: {container: {image: i}, ports: [{num: 65536}]}`, numRule),
	bad("with a port that is not a number", `spec: {container: {image: i}, ports: [{num: http}]}`, numRule),
	bad("with port zero", `spec: {container: {image: i}, ports: [{num: 0}]}`, numRule),
	bad("with host port zero", `spec: {container: {image: i}, ports: [{hostPort: 0}]}`, `should be greater than or equal to 1`),
	bad("with an unknown protocol", `spec: {container: {image: i}, ports: [{type: http}]}`, `supported values: "HTTP", "TCP"`),
	bad("with an endpoint that is two things", `spec: {container: {image: i}, ports: [{endpoints: [{path: /, meshagent: {identity: i}, mcp: {label: l}}]}]}`, `meshagent and mcp cannot both be set`),

	good("with an MCP server", `spec: {external: {}, ports: [{endpoints: [{path: /, mcp: {label: l, openAIConnectorID: c, requireApproval: Always, oauth: {pkce: Disabled}}}, {path: /b, mcp: {label: m, requireApproval: Never, oauth: {pkce: Required}}}]}]}`),
	bad("with an unknown approval", `spec: {external: {}, ports: [{endpoints: [{path: /, mcp: {label: l, requireApproval: always}}]}]}`, `supported values: "Always", "Never"`),
	bad("with PKCE that is neither required nor disabled", `spec: {external: {}, ports: [{endpoints: [{path: /, mcp: {label: l, oauth: {pkce: Optional}}}]}]}`, `supported values: "Required", "Disabled"`),
	bad("with a double negative", `spec: {external: {}, ports: [{endpoints: [{path: /, mcp: {label: l, oauth: {noPKCE: true}}}]}]}`, `unknown field "spec.ports[0].endpoints[0].mcp.oauth.noPKCE"`),

	good("with a queue", `spec: {container: {image: i}, agents: [{name: a, channels: {queue: [{queue: q, threadingMode: DefaultNew}]}}]}`),
	bad("with an unknown threading mode", `spec: {container: {image: i}, agents: [{name: a, channels: {queue: [{queue: q, threadingMode: default-new}]}}]}`, `supported values: "DefaultNew"`),
	bad("with MeshAgent's word for a content", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: [{type: text, text: x}]}}]}`, `supported values: "Text", "File", "Audio"`),
	good("with a heartbeat", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: [{type: Text, text: ""}, {type: File, url: u, name: f}, {type: Audio, url: u}]}}]}`),
	bad("with a heartbeat that says nothing", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: []}}]}`, `should have at least 1 items`),
	bad("with a heartbeat all the time", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 0, prompt: [{type: Text, text: x}]}}]}`, `should be greater than or equal to 1`),
	bad("with a blank queue", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: " ", minutes: 1, prompt: [{type: Text, text: x}]}}]}`, `should match '\S'`),
	bad("with a text that is a file", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: [{type: Text, url: u}]}}]}`, `set text with type Text, and url with types File and Audio`),
	bad("with a sound that has a name", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: [{type: Audio, url: u, name: f}]}}]}`, `name requires type File`),
	bad("with an agent twice", `spec: {container: {image: i}, agents: [{name: a}, {name: a}]}`, `Duplicate value`),

	bad("with the operator's annotation", `spec: {container: {image: i}, metadata: {annotations: {meshagent.com/owner: me}}}`, reserved),
	bad("with too many annotations on a port", `spec: {container: {image: i}, ports: [{annotations: {`+manyAnnotations(65)+`}}]}`, `spec.ports[0].annotations: Too many: 65: must have at most 64 items`),
	bad("with a template's annotation", `spec: {container: {image: i}, metadata: {annotations: {meshagent.service.template.yaml: me}}}`, `annotations that begin with meshagent.service.template. are reserved for MeshAgent`),
	good("with a template", `spec: {name: s, template: {text: t, values: {a: b}, valuesFrom: [{name: c, configMapKeyRef: {name: m, key: k}}]}}`),
	good("with a template's value from a route", `spec: {template: {text: t, valuesFrom: [{name: c, routeRef: {name: r}}]}}`),
	good("with a template's values from a mailbox and a repository", `spec: {template: {text: t, valuesFrom: [{name: a, mailboxRef: {name: m}}, {name: b, repositoryRef: {name: r}}]}}`),
	bad("with a template's value from nowhere", `spec: {template: {text: t, valuesFrom: [{name: c}]}}`, `set exactly one of configMapKeyRef, routeRef, mailboxRef and repositoryRef`),
	bad("with a template's value from two places", `spec: {template: {text: t, valuesFrom: [{name: c, routeRef: {name: r}, configMapKeyRef: {name: m, key: k}}]}}`, `set exactly one of configMapKeyRef, routeRef, mailboxRef and repositoryRef`),
	bad("with a template's value from a mailbox and a repository", `spec: {template: {text: t, valuesFrom: [{name: c, mailboxRef: {name: r}, repositoryRef: {name: m}}]}}`, `set exactly one of configMapKeyRef, routeRef, mailboxRef and repositoryRef`),
	bad("with a template's value from a route by its domain", `spec: {template: {text: t, valuesFrom: [{name: c, routeRef: {externalName: r}}]}}`, `unknown field "spec.template.valuesFrom[0].routeRef.externalName"`),
	bad("with a template and ports", `spec: {template: {text: t}, ports: [{}]}`, `metadata, ports, agents and files cannot be set with template`),
	bad("with a template and metadata", `spec: {template: {text: t}, metadata: {icon: i}}`, `metadata, ports, agents and files cannot be set with template`),
	bad("with a template's value from a Secret", `spec: {template: {text: t, valuesFrom: [{name: c, secretKeyRef: {name: m, key: k}}]}}`, `unknown field "spec.template.valuesFrom[0].secretKeyRef"`),
	bad("with a variable that no template can name", `spec: {template: {text: t, valuesFrom: [{name: a-b, configMapKeyRef: {name: m, key: k}}]}}`, `spec.template.valuesFrom[0].name in body should match`),
	bad("with a variable without a name", `spec: {template: {text: t, values: {"": x}}}`, `a variable's name must have 1 to 253 characters`),
	bad("with a long template", `spec: {template: {text: `+strings.Repeat("x", 262145)+`}}`, `spec.template.text: Too long`),
)

func manyAnnotations(count int) string {
	var all []string
	for i := range count {
		all = append(all, fmt.Sprintf("a%d: b", i))
	}
	return strings.Join(all, ", ")
}
