// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"strings"
	"testing"
)

const plainService = `{"version": "v1", "kind": "Service", "metadata": {"name": "%s"}, "container": {"image": "i"}, "ports": [{"num": "*"}]%s}`

func TestServices(t *testing.T) {
	for _, tt := range []struct{ name, base string }{{"project", "/services"}, {"room", "/rooms/a/services"}} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAPI(t)
			a.sim.Add("rooms", map[string]any{"name": "a"})
			created := a.want("POST", tt.base, fmt.Sprintf(plainService, "s", ""), 200, "")
			id := fmt.Sprint(created["id"])
			if whole := created["metadata"] != nil; whole != (tt.name == "project") {
				t.Errorf("create answered %v", created)
			}
			a.want("POST", tt.base, fmt.Sprintf(plainService, "s", ""), 409, `409: a service with name "s" already exists`)
			a.want("GET", tt.base+"/"+id, nil, 200, `{
				"id": "`+id+`", "agents": null, "metadata": {"name": "s", "annotations": null},
				"container": {"image": "i", "template": "agent", "private": true, "environment": null},
				"ports": [{"num": "*", "type": "http", "endpoints": []}]}`)
			a.want("GET", tt.base+"/by-name/s", nil, 200, `{"id": "`+id+`"}`)
			a.want("GET", tt.base+"/by-name/x", nil, 404, "")
			a.want("GET", tt.base, nil, 200, `{"services": [{"id": "`+id+`"}]}`)
			a.want("PUT", tt.base+"/"+id, fmt.Sprintf(plainService, "s2", `, "id": "`+id+`"`), 200, "")
			a.want("PUT", tt.base+"/"+id, fmt.Sprintf(plainService, "s2", `, "id": "other"`), 400, "400: id: is not that of the path")
			other := a.want("POST", tt.base, fmt.Sprintf(plainService, "s", ""), 200, "")
			a.want("PUT", tt.base+"/"+id, fmt.Sprintf(plainService, "s", `, "id": "`+id+`"`), 409, "")
			a.want("DELETE", tt.base+"/"+fmt.Sprint(other["id"]), nil, 200, "{}")
			a.want("POST", tt.base, `{"version": "v1", "kind": "Service", "metadata": {"name": "n"}}`, 400,
				"400: container: a service has either a container or an external address")
		})
	}
}

func TestServiceReadsShowNoNullWhereNoneMayBe(t *testing.T) {
	a := newAPI(t)
	a.want("POST", "/services", `{"version": "v1", "kind": "Service", "metadata": {"name": "s"}, "external": {}, "ports": [
		{"endpoints": [{"path": "/", "mcp": {"label": "l", "allowed_tools": [{"tool_names": null}]}}]}]}`, 200, "")
}

func TestServicesAsText(t *testing.T) {
	a := newAPI(t, WithBehavior(Behavior{ServicesAsText: true}))
	a.want("POST", "/services", fmt.Sprintf(plainService, "s", ""), 200, "")
	resp, err := a.try("", "GET", "/services/by-name/s", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("content type %q", got)
	}
}

func TestServiceFromTemplate(t *testing.T) {
	a := newAPI(t)
	a.sim.Add("rooms", map[string]any{"name": "a"})
	body := map[string]any{"template": exampleTemplate, "values": map[string]any{"name": "n"}}
	a.want("POST", "/services", body, 200, `{"kind": "Service", "metadata": {"name": "n", "annotations": {"meshagent.service.template.values": "{\"name\":\"n\"}"}}}`)
	created := a.want("POST", "/rooms/a/services", body, 200, `{"kind": "Service", "metadata": {"name": "n"}}`)
	body["values"] = map[string]any{"name": "m"}
	a.want("PUT", "/rooms/a/services/"+fmt.Sprint(created["id"]), body, 200, `{"kind": "Service", "metadata": {"name": "m"}}`)
	a.want("POST", "//templates/render", body, 200, `{"kind": "ServiceTemplate", "metadata": {"name": "m"}, "variables": [{"name": "name"}]}`)
}

func TestRender(t *testing.T) {
	const frame = "version: v1\nkind: ServiceTemplate\nmetadata: {name: n}\n"
	c := New().inside("")
	for _, tt := range []struct {
		name, template string
		values         document
		want           string // part of the result, or of the error
	}{
		{"in a scalar", "container: {image: 'a/{{ x }}:{{y}}'}", document{"x": "b", "y": "1"}, `"container":{"image":"a/b:1"}`},
		{"unquoted", "container:\n  image: {{ x }}", document{"x": "b"}, `"container":{"image":"b"}`},
		{"unquoted number", "ports:\n- num: {{ x }}", document{"x": "80"}, `"num":80`},
		{"quoted number", "container: {image: \"{{ x }}\"}", document{"x": "80"}, `"image":"80"`},
		{"tagged", "container: {image: !template \"{{ x }}\"}", document{"x": "80"}, `"image":"80"`},
		{"value with structure", "container:\n  image: {{ x }}", document{"x": "b\n  command: c"}, `"command":"c"`},
		{"value that breaks the document", "container: {image: '{{ x }}'}", document{"x": "'"}, "400: template: is not YAML"},
		{"value like a placeholder", "container: {image: '{{ x }}'}", document{"x": "{{ y }}"}, `"image":"{{ y }}"`},
		{"tagged value like a placeholder", "container: {image: !template '{{ x }}'}", document{"x": "{{ 1 + 1 }}"}, `"image":"2"`},
		{"condition", "container:\n  image: i\n{% if x == 'b' %}\n  command: c\n{% endif %}", document{"x": "b"}, `"command":"c"`},
		{"condition that does not hold", "container:\n  image: i\n{%- if x %}\n  command: c\n{%- else %}\n  command: d\n{%- endif %}", document{}, `"command":"d"`},
		{"loop", "ports:\n{%- for n in x.split(',') %}\n- num: {{ n }}\n{%- endfor %}", document{"x": "80,81"}, `"ports":[{"num":80},{"num":81}]`},
		{"filter", "container: {image: '{{ x | upper }}'}", document{"x": "b"}, `"image":"B"`},
		{"comment", "container: {image: 'a{# not this #}b'}", document{}, `"image":"ab"`},
		{"raw", "container: {image: '{% raw %}{{ x }}{% endraw %}'}", document{}, `"image":"{{ x }}"`},
		{"optional", "variables: [{name: x, optional: true}]\ncontainer: {image: 'a{{ x }}'}", document{}, `"image":"a"`},
		{"missing", "variables: [{name: x}]", document{}, "400: values.x: is missing"},
		{"undeclared", "container: {image: 'a{{ x }}'}", document{}, `"image":"a"`},
		{"enum", "variables: [{name: x, enum: [a]}]", document{"x": "b"}, "400: values.x: is not one of the allowed values"},
		{"statement without its end", "{% if x %}", document{}, "400: template: Unexpected EOF"},
		{"unknown filter", "container: {image: '{{ x | shout }}'}", document{}, "filter 'shout' not found"},
		{"a file of this machine", "{% include '/etc/hosts' %}", document{}, "400: template: "},
		{"no YAML", "a: [", document{}, "400: template: is not YAML"},
		{"no template", "colour: red", document{}, "400: template: colour: is not a known field"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := c.render(document{"template": frame + tt.template, "values": tt.values})
			got := string(encode(doc))
			if err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, tt.want) {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// It is unknown how strictly MeshAgent checks a template.
func TestTemplateCheck(t *testing.T) {
	const declared, undeclared = "variables: [{name: x, enum: [a]}]\ncontainer: {image: 'a{{ x }}'}", "container: {image: 'a{{ x }}'}"
	for _, tt := range []struct {
		check    TemplateCheck
		template string
		values   document
		refused  bool
	}{
		{CheckDeclared, declared, document{}, true},
		{CheckDeclared, declared, document{"x": "b"}, true},
		{CheckDeclared, undeclared, document{}, false},
		{CheckNothing, declared, document{}, false},
		{CheckNothing, declared, document{"x": "b"}, false},
		{CheckNothing, undeclared, document{}, false},
		{CheckAll, declared, document{}, true},
		{CheckAll, declared, document{"x": "a"}, false},
		{CheckAll, undeclared, document{}, true},
		{CheckAll, undeclared, document{"x": "a"}, false},
	} {
		c := New(WithBehavior(Behavior{Templates: tt.check})).inside("")
		_, err := c.render(document{"template": "version: v1\nkind: ServiceTemplate\nmetadata: {name: n}\n" + tt.template, "values": tt.values})
		if (err != nil) != tt.refused {
			t.Errorf("check %d of %q with %v: got %v", tt.check, tt.template, tt.values, err)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("metadata: {name: '{{ x | upper }}'}", "b")
	f.Add("{% if x == 'b' %}{{ x.split(',') }}{% else %}{% endif %}", "a,b")
	f.Add("a: !template '{% for y in x %}{{ loop.index }}{% endfor %}'", "{{ x }}")
	c := New().inside("")
	f.Fuzz(func(_ *testing.T, template, value string) {
		_, _ = c.render(document{"template": template, "values": document{"x": value}}) // it only has to return
	})
}
