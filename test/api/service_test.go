// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package api_test

import "strings"

const numRule = `num must be a number from 1 to 65535, but not 8078, which is taken by the room, or '*'`

var _ = describeAdmission("MeshService",
	bad("without a spec", `{}`, `spec: Required value`),
	bad("with nothing to run", `spec: {name: a}`, `exactly one of container, external and template must be set`),
	bad("with two things to run", `spec: {container: {image: i}, external: {url: u}}`, `exactly one of container, external and template must be set`),
	good("with a container", `spec: {container: {image: i}}`),
	good("with an external service that says nothing", `spec: {external: {}}`),
	good("in a room that no object manages", `spec: {roomRef: {external: r}, external: {url: u}}`),
	bad("with a container without an image", `spec: {container: {command: c}}`, `spec.container.image: Required value`),
	bad("with an unknown defaults for the container", `spec: {container: {image: i, template: all}}`, `supported values: "agent", "none"`),
	bad("with a client's secret", `spec: {external: {}, ports: [{endpoints: [{path: /, mcp: {label: l, oauth: {clientSecret: s}}}]}]}`, `unknown field "spec.ports[0].endpoints[0].mcp.oauth.clientSecret"`),

	good("with variables", `spec: {container: {image: i, environment: [{name: A, value: ""}, {name: B, token: {identity: i, role: tool, api: {preset: Full}}}, {name: C, secret: {identity: i, secretRef: {name: s}}}]}}`),
	bad("with a variable without a value", `spec: {container: {image: i, environment: [{name: A}]}}`, `exactly one of value, token and secret must be set`),
	bad("with a variable with two values", `spec: {container: {image: i, environment: [{name: A, value: v, token: {identity: i}}]}}`, `exactly one of value, token and secret must be set`),
	bad("with a variable twice", `spec: {container: {image: i, environment: [{name: A, value: v}, {name: A, value: w}]}}`, `Duplicate value`),
	bad("with an unknown role", `spec: {container: {image: i, environment: [{name: A, token: {identity: i, role: admin}}]}}`, `supported values: "user", "agent", "tool"`),

	good("with ports", `spec: {container: {image: i}, ports: [{}, {num: "*"}, {num: 1}, {num: 65535, type: tcp, hostPort: 80}]}`),
	bad("with the room's port", `spec: {container: {image: i}, ports: [{num: 8078}]}`, numRule),
	bad("with a port that is too high", `spec: {container: {image: i}, ports: [{num: 65536}]}`, numRule),
	bad("with a port that is no port", `spec: {container: {image: i}, ports: [{num: http}]}`, numRule),
	bad("with port zero", `spec: {container: {image: i}, ports: [{num: 0}]}`, numRule),
	bad("with host port zero", `spec: {container: {image: i}, ports: [{hostPort: 0}]}`, `should be greater than or equal to 1`),
	bad("with an unknown protocol", `spec: {container: {image: i}, ports: [{type: udp}]}`, `supported values: "http", "tcp"`),
	bad("with an endpoint that is two things", `spec: {container: {image: i}, ports: [{endpoints: [{path: /, meshagent: {identity: i}, mcp: {label: l}}]}]}`, `meshagent and mcp exclude each other`),

	good("with a heartbeat", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: [{type: text, text: ""}, {type: file, url: u, name: f}, {type: audio, url: u}]}}]}`),
	bad("with a heartbeat that says nothing", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: []}}]}`, `should have at least 1 items`),
	bad("with a heartbeat all the time", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 0, prompt: [{type: text, text: x}]}}]}`, `should be greater than or equal to 1`),
	bad("with a blank queue", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: " ", minutes: 1, prompt: [{type: text, text: x}]}}]}`, `should match '\S'`),
	bad("with a text that is a file", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: [{type: text, url: u}]}}]}`, `a content of type text has text, those of type file and audio have url`),
	bad("with a sound that has a name", `spec: {container: {image: i}, agents: [{name: a, heartbeat: {queue: q, minutes: 1, prompt: [{type: audio, url: u, name: f}]}}]}`, `only a content of type file has name`),
	bad("with an agent twice", `spec: {container: {image: i}, agents: [{name: a}, {name: a}]}`, `Duplicate value`),

	bad("with the operator's annotation", `spec: {container: {image: i}, metadata: {annotations: {meshagent.com/owner: me}}}`, `annotations under meshagent.com/ are reserved for the operator`),
	bad("with a template's annotation", `spec: {container: {image: i}, metadata: {annotations: {meshagent.service.template.yaml: me}}}`, `those under meshagent.service.template. for MeshAgent`),
	good("with a template", `spec: {name: s, template: {text: t, values: {a: b}, valuesFrom: [{name: c, configMapKeyRef: {name: m, key: k}}]}}`),
	bad("with a template and ports", `spec: {template: {text: t}, ports: [{}]}`, `with template, metadata, ports, agents and files cannot be set`),
	bad("with a template and metadata", `spec: {template: {text: t}, metadata: {icon: i}}`, `with template, metadata, ports, agents and files cannot be set`),
	bad("with a template's value from a Secret", `spec: {template: {text: t, valuesFrom: [{name: c, secretKeyRef: {name: m, key: k}}]}}`, `unknown field "spec.template.valuesFrom[0].secretKeyRef"`),
	bad("with a variable that no template can name", `spec: {template: {text: t, valuesFrom: [{name: a-b, configMapKeyRef: {name: m, key: k}}]}}`, `spec.template.valuesFrom[0].name in body should match`),
	bad("with a variable without a name", `spec: {template: {text: t, values: {"": x}}}`, `a variable's name has 1 to 253 characters`),
	bad("with a long template", `spec: {template: {text: `+strings.Repeat("x", 262145)+`}}`, `spec.template.text: Too long`),
)
