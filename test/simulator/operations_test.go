// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

const exampleTemplate = `
version: v1
kind: ServiceTemplate
metadata: {name: "{{ name }}"}
variables: [{name: name}]
container: {image: example.com/image}
`

// world has one document of every kind. Each call gets a new one.
type world struct {
	*api

	n            int
	names        map[string]string // path parameters
	token        string
	clientID     string
	clientSecret string
}

func newWorld(a *api) *world {
	a.t.Helper()
	a.worlds++
	w := &world{api: a, n: a.worlds, names: map[string]string{}}
	add := func(collection string, doc document) string { return a.sim.Add(collection, doc) }
	room, agent, user := w.name("room"), w.name("agent"), w.name("user")
	roomID := add("rooms", document{"name": room})
	agentID := add("agents", document{"configuration": document{"metadata": document{"name": agent}, "allowed_models": []any{}}})
	add("users", document{"user_id": user})
	add("room-grants", document{"room_id": roomID, "user_id": user, "permissions": document{}})
	add("agent-grants", document{"agent_id": agentID, "user_id": user, "permissions": document{}})
	add("agent-room-grants", document{"agent_id": agentID, "room_id": roomID, "permissions": document{}})
	service := document{"version": "v1", "kind": "Service", "metadata": document{"name": w.name("service")}, "external": document{"url": "https://x"}}
	secret := document{"name": w.name("secret"), "type": "raw", "data_base64": "QQ=="}
	feed := add("feeds", document{"name": w.name("feed")})
	domain := w.name("domain") + ".meshagent.app"
	add("routes", document{"spec": document{
		"metadata": document{"name": "r"}, "domain": domain, "backend": document{"room": document{"name": room}},
		"paths": []any{document{"targetPort": 80}},
	}})
	registration := document{"oauth": document{}, "client_id": w.name("client"), "delegated_to": "text"}
	client := add("oauth/clients", document{"grant_types": []any{}, "response_types": []any{}, "redirect_uris": []any{}, "scope": "", "metadata": document{}})
	task := document{"room_id": roomID, "spec": document{"schedule": "1 hours", "queue": document{"name": "q"}}}
	session := a.sim.StartSession(room)
	for _, collection := range []string{"events", "spans", "metrics"} {
		add("sessions/"+session+"/"+collection, document{"type": "x"})
	}
	taskID := add("scheduled-tasks", task)
	add("scheduled-tasks/"+taskID+"/runs", document{
		"task_id": taskID, "project_id": a.sim.ProjectID(), "room_id": roomID, "room_name": room,
		"target": "queue", "status": "submitted", "scheduled_time": "2026-01-01T00:00:00Z",
	})
	add("transactions", document{"amount": 1, "description": "d", "created_at": "2026-01-01T00:00:00Z"})
	add("usage", document{"model": "m"})

	w.clientID = client
	w.clientSecret = text(a.sim.store.get("projects/"+a.sim.ProjectID()+"/oauth/clients", client).doc, "client_secret")
	var connection struct{ JWT string }
	_, body := a.send("POST", "/rooms/"+room+"/connect", document{})
	if err := json.Unmarshal([]byte(body), &connection); err != nil {
		a.t.Fatal(err)
	}
	w.token = connection.JWT
	a.send("POST", "//projects/"+a.sim.ProjectID()+"/storage/upload?path=text", []byte("x"))

	below := "rooms/" + roomID
	w.names = map[string]string{
		"project_id": a.sim.ProjectID(), "project_key": "dev", "user_id": user, "room_name": room, "room_id": roomID,
		"agent_name": agent, "agent_id": agentID, "grant_id": "unused", "service_name": w.name("service"),
		"service_id": add("services", service), "rooms.service_id": add(below+"/services", service),
		"spare_id": add("rooms", document{"name": w.name("spare")}), "secret_id": add("secrets", secret), "rooms.secret_id": add(below+"/secrets", document{"data_base64": "QQ==", "for_identity": "text", "delegated_to": "text"}),
		"agents.secret_id": add("agents/"+agentID+"/secrets", document{"data_base64": "QQ==", "delegated_to": "text"}),
		"domain":           domain, "feed_id": feed, "subscription_id": add("feeds/"+feed+"/subscriptions", document{"room": room, "path": "/"}),
		"logger_id": add("llm-loggers", document{"destination_feed_id": feed, "filter_expression": ""}), "repository_id": add("repositories", document{"name": w.name("repository")}),
		"webhook_id": add("webhooks", document{"name": w.name("webhook"), "url": "https://x", "events": []any{}}), "id": add("api-keys", document{"name": "k", "description": ""}),
		"client_id": client, "registration_id": add("external-oauth", registration), "rooms.registration_id": add(below+"/external-oauth", registration),
		"share_id": add("shares", document{"settings": document{}}), "address": add("mailboxes", document{"address": w.name("m") + "@x", "room": room, "queue": "q", "public": false}),
		"session_id": session, "task_id": taskID,
	}
	for _, scoped := range []string{"rooms.secret_id", "agents.secret_id"} {
		w.names[scoped], _, _ = strings.Cut(w.names[scoped], "/") // the key has more parts than the id
	}
	return w
}

func (w *world) name(what string) string { return fmt.Sprintf("%s-%d", what, w.n) }

// path fills in a path template.
func (w *world) path(template string, op *openapi3.Operation) string {
	segments := strings.Split(template, "/")
	for i, segment := range segments {
		param, isParam := strings.CutPrefix(segment, "{")
		if !isParam {
			continue
		}
		param = strings.TrimSuffix(param, "}")
		key := param
		if p := op.Parameters.GetByInAndName("path", param); p.Extensions["x-key"] != nil {
			key = fmt.Sprintf("%s_%v", param, p.Extensions["x-key"]) // room_name, room_id
		}
		if scoped, ok := w.names[segments[min(4, len(segments)-1)]+"."+param]; ok && i > 6 {
			segments[i] = url.PathEscape(scoped)
			continue
		}
		if w.names[key] == "" {
			w.t.Fatalf("no value for path parameter %s", key)
		}
		segments[i] = url.PathEscape(w.names[key])
	}
	return strings.Join(segments, "/")
}

// fixed returns the values that a valid request must take from the world.
func (w *world) fixed(op *openapi3.Operation, method string) map[string]any {
	fresh := fmt.Sprintf("new-%d", w.n)
	out := map[string]any{
		"body.name": fresh, "body.metadata.name": fresh, "body.configuration.metadata.name": fresh, "body.secret_id": fresh,
		"body.address": fresh + "@x", "body.room": w.names["room_name"], "backend.room.name": w.names["room_name"],
		"backend.agent.name": w.names["agent_name"], "body.room_id": w.names["spare_id"], "body.agent_id": w.names["agent_id"],
		"body.user_id": fresh, "body.client_id": fresh, "body.project_id": w.names["project_id"], "body.email": MemberEmail, "body.spec.domain": fresh + ".meshagent.app",
		"body.destination_feed_id": w.names["feed_id"], "body.spec.schedule": "*/20 * * * *", "body.token": w.token,
		"body.external": omit{}, "body.spec.container": omit{}, "body.template": exampleTemplate, "body.values": document{"name": fresh},
		"body.type": "raw", "query.order_by": "created_at",
	}
	if method == http.MethodPut {
		out["body.user_id"], out["body.room_id"] = w.names["user_id"], w.names["room_id"]
		out["body.spec.domain"] = w.names["domain"]
		out["body.id"] = w.names["service_id"]
		if op.OperationID == "updateRoomService" {
			out["body.id"] = w.names["rooms.service_id"]
		}
	}
	return out
}

// request is one generated call.
type request struct {
	method, path string
	query        url.Values
	body         any
	form         bool
	schema       *openapi3.Schema
}

func (w *world) request(method, template string, op *openapi3.Operation, pick int) request {
	out := request{method: method, path: w.path(template, op), query: url.Values{}}
	g := &generator{pick: pick, fixed: w.fixed(op, method)}
	for _, ref := range op.Parameters {
		p := ref.Value
		// Every second round requests everything, to see rows in the response.
		identity := p.Name == "delegated_to" || p.Name == "for_identity"
		if p.In == openapi3.ParameterInQuery && (p.Required || identity || pick%2 == 0) {
			out.query.Set(p.Name, fmt.Sprint(g.value(p.Schema.Value, "query."+p.Name)))
		}
	}
	if op.RequestBody == nil {
		return out
	}
	for media, entry := range op.RequestBody.Value.Content {
		out.schema = entry.Schema.Value
		switch media {
		case "application/octet-stream":
			out.body = []byte("data")
		case "application/x-www-form-urlencoded":
			out.form = true
			out.body = document{"grant_type": "client_credentials", "client_id": w.clientID, "client_secret": w.clientSecret}
		default:
			out.body = g.value(out.schema, "body")
		}
	}
	return out
}

// alternatives is their maximum number at one place of a request.
const alternatives = 4

func (r request) send(a *api) (int, string) {
	a.t.Helper()
	path := "/" + r.path
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	body := r.body
	if form, ok := body.(document); ok && r.form {
		values := url.Values{}
		for name, v := range form {
			values.Set(name, fmt.Sprint(v))
		}
		return a.sendAs("application/x-www-form-urlencoded", r.method, path, values.Encode())
	}
	return a.send(r.method, path, body)
}

// Every operation of the contract is called with each alternative of its request, and then with
// wrong requests. All of that happens twice.
func TestEveryOperation(t *testing.T) {
	paths := New().validator.Document().Paths.Map()
	for _, template := range slices.Sorted(maps.Keys(paths)) {
		for method, op := range paths[template].Operations() {
			t.Run(op.OperationID, func(t *testing.T) {
				a := newAPI(t)
				for pick := range 2 * alternatives {
					req := newWorld(a).request(method, template, op, pick)
					if status, body := req.send(a); float64(status) != op.Extensions["x-usual-status"] {
						sent, _ := json.Marshal(req.body)
						t.Errorf("%s %s %s: %d %s", method, req.path, sent, status, body)
					}
				}
				checkInvalid(a, method, template, op)
			})
		}
	}
}

// checkInvalid sends requests with one mistake each.
func checkInvalid(a *api, method, template string, op *openapi3.Operation) {
	a.t.Helper()
	a.lax = true
	defer func() { a.lax = false }()
	w := newWorld(a)
	valid := func() request { return w.request(method, template, op, 0) }
	expect := func(req request, field string) {
		a.t.Helper()
		if status, body := req.send(a); status != http.StatusBadRequest || !strings.Contains(body, field) {
			a.t.Errorf("with a bad %s: %d %s", field, status, body)
		}
	}
	for _, ref := range op.Parameters {
		p := ref.Value
		req := valid()
		switch {
		case p.In != openapi3.ParameterInQuery:
			continue
		case p.Required:
			req.query.Del(p.Name)
		case p.Schema.Value.Type.Is(openapi3.TypeInteger) || len(p.Schema.Value.Enum) > 0:
			req.query.Set(p.Name, "-x")
		default:
			continue
		}
		expect(req, p.Name)
	}
	if op.RequestBody == nil || len(op.Parameters) > 0 && op.OperationID == "upload" {
		return
	}
	body, isObject := valid().body.(document)
	if !isObject {
		req := valid()
		req.body = document{}
		if op.OperationID == "publishFeedBatch" {
			expect(req, "array")
		}
		return
	}
	for name := range body {
		req := valid()
		wrong, _ := req.body.(document)
		if req.form {
			delete(wrong, "grant_type")
			expect(req, "grant_type")
			break
		}
		if op.OperationID == "updateProjectSettings" || op.OperationID == "publishFeedMessage" {
			continue // any object is valid
		}
		wrong[name] = []any{[]any{}}
		expect(req, name)
	}
	if op.OperationID == "connectRoom" || op.OperationID == "connectAgent" {
		req := valid()
		req.body = document{"bogus": 1}
		expect(req, "bogus")
	}
}
