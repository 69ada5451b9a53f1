// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"net/http"
	"strings"
)

// The two members of every new project. The first owns it, and API keys act on behalf of that user.
const (
	ownerID  = "0a5c0de0-0000-4000-8000-000000000001"
	memberID = "0a5c0de0-0000-4000-8000-000000000002"

	// OwnerEmail and MemberEmail are the addresses of the first two members.
	OwnerEmail  = "owner@example.com"
	MemberEmail = "ops@example.com"
)

var projectOperations = map[string]operation{
	"createProject":         createProject,
	"listProjects":          listProjects,
	"getProjectByKey":       getProjectByKey,
	"getProject":            func(c *call) (*answer, error) { return jsonAnswer(c.ownProject().doc), nil },
	"updateProjectSettings": updateProjectSettings,
	"getProjectStatus":      func(c *call) (*answer, error) { return jsonAnswer(document{"enabled": !c.s.server.Disabled}), nil },
	"getProjectRole":        getProjectRole,
	"getUserProfile":        getUserProfile,
	"updateUserProfile":     updateUserProfile,
	"getConfig":             getConfig,
}

// domains are the deployment's domains in GET /config.
var domains = document{
	"studio": "studio.meshagent.example", "accounts": "accounts.meshagent.example", "powerboards": nil,
	"api": "api.meshagent.example", "mail": "mail.meshagent.example", "pages": "meshagent.app", "registry": "registry.meshagent.example",
}

func getConfig(c *call) (*answer, error) {
	return jsonAnswer(document{"domains": domains, "version": c.s.server.version()}), nil
}

// seedProject stores a project with its two members.
func (c *call) seedProject(id string) {
	name, key := "project "+id[:8], "p"+id[:8]
	if id == c.s.project {
		name, key = "development", "dev"
	}
	c.putProject(id, name, key, document{})
}

func (c *call) putProject(id, name, key string, settings any) *record {
	rec := &record{path: "projects", id: id, doc: document{
		"id": id, "name": name, "project_key": key, "owner_user_id": ownerID, "created_at": c.s.now(), "settings": settings,
	}}
	c.st.put(rec)
	own := c.s.inside(id)
	for _, member := range []document{
		{"id": ownerID, "email": OwnerEmail, "first_name": "Olive", "last_name": "Owner", "is_admin": true, "is_developer": true, "can_create_rooms": true, "can_create_agents": true, "can_use_llm_proxy": true},
		{"id": memberID, "email": MemberEmail, "first_name": "Otis", "last_name": "Ops"},
	} {
		if _, err := own.create(own.path("users"), member); err != nil {
			panic(err) // the project is new
		}
	}
	return rec
}

func (c *call) ownProject() *record { return c.st.get("projects", c.project) }

// createProject creates a project that the caller's key cannot see.
func createProject(c *call) (*answer, error) { // assumed: an API key can do that
	body := c.object()
	id := newUUID()
	settings := body["settings"]
	if settings == nil {
		settings = document{}
	}
	return jsonAnswer(c.putProject(id, text(body, "name"), "p"+id[:8], settings).doc), nil
}

func listProjects(c *call) (*answer, error) { // assumed: a key sees only its own project
	return jsonAnswer(document{"projects": []any{c.ownProject().doc}}), nil
}

func getProjectByKey(c *call) (*answer, error) {
	own := c.ownProject()
	if text(own.doc, "project_key") != c.param("project_key") {
		return nil, missing("project", "key", c.param("project_key"))
	}
	return jsonAnswer(own.doc), nil
}

func updateProjectSettings(c *call) (*answer, error) {
	own := c.ownProject()
	doc := maps.Clone(own.doc)
	settings := c.object()
	if c.s.behavior.MergeSettings {
		old, _ := doc["settings"].(document)
		settings = maps.Clone(old)
		maps.Copy(settings, c.object())
	}
	doc["settings"] = settings // assumed: replaced, unless Behavior says merged
	c.st.put(&record{path: own.path, id: own.id, seq: own.seq, doc: doc})
	return c.done(), nil
}

func getProjectRole(*call) (*answer, error) {
	return jsonAnswer(document{
		"role": "admin", "can_create_rooms": true, "can_create_agents": true, "can_use_llm_proxy": true, "is_admin": true, "is_developer": true,
	}), nil
}

// prepareUser turns the body that adds a member into the member.
func prepareUser(c *call, _ string, doc document, old *record) error {
	if old != nil {
		return nil
	}
	if id := text(doc, "project_id"); id != "" && id != c.project {
		return invalid("project_id: is not that of the path")
	}
	if id := text(doc, "user_id"); id != "" {
		doc["id"] = c.userID(id)
	}
	delete(doc, "project_id")
	delete(doc, "user_id")
	if text(doc, "email") == "" {
		// assumed: any user id is accepted; the platform would know the address.
		doc["email"] = "user-" + strings.ToLower(text(doc, "id")) + "@example.com"
	}
	for _, flag := range []string{"is_admin", "is_developer", "can_create_rooms", "can_create_agents", "can_use_llm_proxy"} {
		if doc[flag] == nil {
			doc[flag] = false
		}
	}
	return nil
}

// userID resolves the alias me.
func (c *call) userID(id string) string {
	if id == "me" {
		return c.user
	}
	return id
}

func (c *call) profile(id string) document {
	user := c.st.get(c.path("users"), id)
	if user == nil {
		return document{"id": id, "first_name": nil, "last_name": nil, "email": ""}
	}
	out := document{}
	for _, member := range []string{"id", "first_name", "last_name", "email"} {
		out[member] = user.doc[member]
	}
	return out
}

func getUserProfile(c *call) (*answer, error) {
	user, err := c.ownUser()
	if err != nil {
		return nil, err
	}
	return jsonAnswer(c.profile(user.id)), nil
}

func updateUserProfile(c *call) (*answer, error) {
	user, err := c.ownUser()
	if err != nil {
		return nil, err
	}
	if _, err := c.update(user, c.object()); err != nil {
		return nil, err
	}
	return c.done(), nil
}

func (c *call) ownUser() (*record, error) {
	id := c.userID(c.param("user_id"))
	if user := c.st.get(c.path("users"), id); user != nil {
		return user, nil
	}
	return nil, &failure{http.StatusNotFound, "no such user"}
}
