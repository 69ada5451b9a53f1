// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/meshagent/meshagent-operator/test/contract"
)

func serviceSchema(t *testing.T) (*contract.Validator, *openapi3.Schema) {
	t.Helper()
	validator, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	return validator, validator.Document().Components.Schemas["ServiceSpec"].Value
}

// A member that the contract gains must be added here, or an update would drop it.
func TestServiceHasAllOfTheContract(t *testing.T) {
	t.Parallel()
	_, schema := serviceSchema(t)
	compareWithSchema(t, "service", reflect.TypeFor[manifest](), schema)
}

func compareWithSchema(t *testing.T, path string, typ reflect.Type, schema *openapi3.Schema) {
	t.Helper()
	for len(schema.AllOf) == 1 {
		schema = schema.AllOf[0].Value
	}
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
		if schema.Items != nil {
			schema = schema.Items.Value
		}
	}
	if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[APIScope]() {
		return
	}
	members := schema.Properties
	for _, alternative := range schema.OneOf {
		members = maps.Clone(members)
		if members == nil {
			members = openapi3.Schemas{}
		}
		maps.Copy(members, alternative.Value.Properties)
	}
	var have []string
	for _, field := range reflect.VisibleFields(typ) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous || name == "-" {
			continue
		}
		have = append(have, name)
		member := members[name]
		if member == nil {
			t.Errorf("%s.%s is not in the contract", path, name)
			continue
		}
		want := ""
		if value := member.Value.Default; value != nil && !member.Value.Type.Is(openapi3.TypeArray) {
			want = fmt.Sprint(value)
		}
		if is := field.Tag.Get("default"); is != want {
			t.Errorf("%s.%s has the default %q, in the contract it is %q", path, name, is, want)
		}
		compareWithSchema(t, path+"."+name, field.Type, member.Value)
	}
	slices.Sort(have)
	if diff := cmp.Diff(slices.Sorted(maps.Keys(members)), have); diff != "" {
		t.Errorf("the members of %s (-contract +here):\n%s", path, diff)
	}
}

const fullService = `{
	"version": "v1", "kind": "Service", "id": "s1",
	"metadata": {"name": "full", "description": "d", "annotations": {"a": "b"}},
	"container": {"image": "i", "template": "agent", "private": true, "environment": [{"name": "A", "value": ""}],
		"storage": {"room": [{"path": "/data", "read_only": false}], "configs": [{"path": "/var/run/meshagent"}]}},
	"ports": [
		{"num": 8000, "type": "http", "endpoints": [{"path": "/m", "mcp": {"label": "l", "oauth": {"client_id": "c", "client_secret": "hush"}}}]},
		{"num": "*", "type": "tcp"}
	]
}`

const shortService = `{
	"id": "s1", "version": "v1", "kind": "Service", "external": null, "agents": null, "files": null,
	"metadata": {"name": "full", "description": "d", "repo": null, "annotations": {"a": "b"}},
	"container": {"image": "i", "command": null, "environment": [{"name": "A", "value": "", "token": null}],
		"storage": {"room": [{"path": "/data"}], "project": null, "configs": [{}]}},
	"ports": [
		{"num": "8000", "endpoints": [{"path": "/m", "meshagent": null, "mcp": {"label": "l", "oauth": {"client_id": "c", "client_secret": "hush"}}}]},
		{"type": "tcp", "endpoints": []}
	]
}`

func readService(t *testing.T, text string) Service {
	t.Helper()
	var service Service
	if err := json.Unmarshal([]byte(text), &service); err != nil {
		t.Fatal(err)
	}
	return service
}

func TestServicesThatMeanTheSameAreEqual(t *testing.T) {
	t.Parallel()
	quoted, err := json.Marshal(shortService)
	if err != nil {
		t.Fatal(err)
	}
	want := readService(t, fullService)
	for name, text := range map[string]string{"without defaults, with nulls": shortService, "as a JSON string": string(quoted)} {
		if diff := cmp.Diff(want, readService(t, text), cmp.AllowUnexported(Service{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	shown, err := json.Marshal(want.Written())
	if err != nil || strings.Contains(string(shown), "hush") {
		t.Errorf("the secret is shown: %s, %v", shown, err)
	}
}

// exchange answers requests and keeps their bodies.
type exchange struct {
	answers map[string]string
	bodies  map[string]string
}

func (e *exchange) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	call := r.Method + " " + r.URL.Path[strings.Index(r.URL.Path, "/services"):]
	e.bodies[call] = string(body)
	w.Header().Set("Content-Type", "text/plain")
	_, _ = io.WriteString(w, e.answers[call])
}

func exchanging(t *testing.T, answers map[string]string) (*exchange, Collection[ServiceSpec, Service]) {
	t.Helper()
	e := &exchange{answers: answers, bodies: map[string]string{}}
	return e, answering(t, e.ServeHTTP).Project("p").RoomServices("r")
}

func TestServiceRequests(t *testing.T) {
	t.Parallel()
	e, services := exchanging(t, map[string]string{
		"POST /services": `{"id": "s1"}`, "PUT /services/s1": `{}`,
		"GET /services/s1": fullService, "GET /services/by-name/full": fullService,
	})
	byName, err := services.Get(t.Context(), Ref{Key: "full"})
	if err != nil {
		t.Fatal(err)
	}
	created, shown, err := services.Create(t.Context(), byName.Written())
	if err != nil {
		t.Fatal(err)
	}
	if created.ID != "s1" || shown {
		t.Errorf("created: %+v", created)
	}
	changed := byName.Written()
	changed.Ports = slices.Clone(changed.Ports)
	slices.Reverse(changed.Ports)
	updated, shown, err := services.Update(t.Context(), byName, changed)
	if err != nil {
		t.Fatal(err)
	}
	if updated.ID != "s1" || shown {
		t.Errorf("updated: %+v", updated)
	}
	want := readService(t, e.bodies["PUT /services/s1"])
	if want.ID != "s1" || !strings.Contains(e.bodies["PUT /services/s1"], `"client_secret":"hush"`) {
		t.Errorf("sent: %s", e.bodies["PUT /services/s1"])
	}
	validator, _ := serviceSchema(t)
	for call, schema := range map[string]string{"POST /services": "ServiceCreate", "PUT /services/s1": "ServiceUpdate"} {
		var body any
		if err := json.Unmarshal([]byte(e.bodies[call]), &body); err != nil {
			t.Fatal(err)
		}
		if err := validator.CheckSchema(schema, body); err != nil {
			t.Errorf("%s: %v", call, err)
		}
	}
}

func TestServiceFromTemplate(t *testing.T) {
	t.Parallel()
	mark := Mark{Owner: "c/n/o"}
	rendered := func(values string) string {
		text, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		return `{"id": "s1", "version": "v1", "kind": "Service", "external": {"url": "u"},
			"metadata": {"name": "made", "annotations": {"meshagent.service.template.yaml": "{% if x %}", "meshagent.service.template.values": ` + string(text) + `}}}`
	}
	answer := rendered(`{"meshagent.com/owner": "c/n/o",  "x": "1"}`)
	e, services := exchanging(t, map[string]string{"POST /services": answer, "PUT /services/s1": answer})
	desired := ServiceFromTemplate("made", "{% if x %}", map[string]string{"x": "1"}).WithMark(mark)
	service, _, err := services.Create(t.Context(), desired)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"template":"{% if x %}","values":{"meshagent.com/owner":"c/n/o","x":"1"}}`, e.bodies["POST /services"]); diff != "" {
		t.Error(diff)
	}
	written := service.Written()
	if written.Mark() != mark || written.WithMark(Mark{}).Mark() != (Mark{}) || written.Mark() != mark {
		t.Errorf("the mark is %v", written.Mark())
	}
	if diff := cmp.Diff(desired.Metadata, written.Metadata); diff != "" {
		t.Errorf("the same values differ:\n%s", diff)
	}

	for name, test := range map[string]struct {
		change func(*ServiceSpec)
		anew   bool
	}{
		"letting it go":   {func(s *ServiceSpec) { *s = s.WithMark(Mark{}) }, false},
		"taking it over":  {func(s *ServiceSpec) { *s = s.WithMark(Mark{}); s.Metadata.Annotations[ownerAnnotation] = "c/n/p" }, false},
		"another value":   {func(s *ServiceSpec) { s.Metadata.Annotations[templateValues] = `{"x":"2"}` }, true},
		"another text":    {func(s *ServiceSpec) { s.Metadata.Annotations[templateText] = "{{ x }}" }, true},
		"another name":    {func(s *ServiceSpec) { s.Metadata.Name = "renamed" }, true},
		"no template now": {func(s *ServiceSpec) { delete(s.Metadata.Annotations, templateText) }, false},
	} {
		next := service.Written().clone()
		test.change(&next)
		if _, _, err := services.Update(t.Context(), service, next); err != nil {
			t.Fatal(err)
		}
		if anew := strings.HasPrefix(e.bodies["PUT /services/s1"], `{"template"`); anew != test.anew {
			t.Errorf("%s: rendered again: %v", name, anew)
		}
	}
}

func TestServiceWithout(t *testing.T) {
	t.Parallel()
	spec := ServiceSpec{Metadata: ServiceMetadata{Name: "n"}, External: &ExternalServiceSpec{URL: "u"}, Without: []string{"container"}}
	text, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(`{"container":null,"external":{"url":"u"},"metadata":{"name":"n"}}`, string(text)); diff != "" {
		t.Error(diff)
	}
}
