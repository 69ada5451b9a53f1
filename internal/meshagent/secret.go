// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
)

// Types of secrets with content that MeshAgent interprets.
const (
	// SecretKeys is a JSON object of variables and their values.
	SecretKeys = "keys"
	// SecretDocker is a JSON object with server, username, password and email.
	SecretDocker = "docker"
)

// SecretSpec is the part of a secret that callers write.
type SecretSpec struct {
	// ID is chosen by the caller in rooms and agents, and by MeshAgent in projects.
	ID   string `json:"-"`
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data_base64,omitempty"` // empty in rows of lists
}

// Secret is a secret of a project, a room or an agent.
type Secret struct {
	ID string `json:"id"`
	SecretSpec

	extras *extras
}

// UnmarshalJSON reads MeshAgent's form.
func (s *Secret) UnmarshalJSON(text []byte) error {
	type plain Secret
	s.extras = extrasOf[plain](text, "agent_id", "for_identity", "delegated_to")
	return json.Unmarshal(text, (*plain)(s))
}

// Key is the id if the caller chooses it, otherwise the name.
func (s SecretSpec) Key() string {
	if s.ID != "" {
		return s.ID
	}
	return s.Name
}

// Mark is always zero, because a secret has no place for the ownership annotation.
func (s SecretSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s SecretSpec) WithMark(Mark) SecretSpec { return s }

// Identity is the secret's id.
func (s Secret) Identity() string { return s.ID }

// Written is the secret without its id. Its JSON is canonical, so that equal values are equal
// bytes.
func (s Secret) Written() SecretSpec {
	written := s.SecretSpec
	written.Data = CanonicalSecret(s.Type, s.Data)
	return written
}

// Listed is the secret without its value.
func (s Secret) Listed() Secret {
	s.Data = nil
	return s
}

// CanonicalSecret gives the content of a type that MeshAgent interprets one form, because other
// clients write other white space and orders.
func CanonicalSecret(kind string, data []byte) []byte {
	if kind != SecretKeys && kind != SecretDocker {
		return data
	}
	var members map[string]any
	if json.Unmarshal(data, &members) != nil {
		return data
	}
	canonical, err := Encode(members)
	if err != nil {
		return data
	}
	return canonical
}

// secrets differs from the regular case: lists have no values, and the response to a creation has
// only the id.
type secrets struct {
	collection[SecretSpec, Secret]
	chosen bool              // the caller chooses the id
	extra  map[string]string // further members of requests
}

func (p *Project) secrets(at route) secrets {
	return secrets{collection: collection[SecretSpec, Secret]{
		client: p.client, route: at, item: "/{secret_id}", member: "secrets",
		traits: Traits{PartialLists: true},
	}}
}

// Secrets is /accounts/projects/{project_id}/secrets.
func (p *Project) Secrets() Collection[SecretSpec, Secret] {
	return p.secrets(p.route.join("/secrets"))
}

// RoomSecrets is /accounts/projects/{project_id}/rooms/{room_name}/secrets. Both identities can be
// "".
func (p *Project) RoomSecrets(room, forIdentity, delegatedTo string) Collection[SecretSpec, Secret] {
	return p.secrets(p.route.join("/rooms/{room_name}/secrets", room)).of(map[string]string{"for_identity": forIdentity, "delegated_to": delegatedTo})
}

// AgentSecrets is /accounts/projects/{project_id}/agents/{agent_id}/secrets. The identity can be
// "".
func (p *Project) AgentSecrets(agentID, delegatedTo string) Collection[SecretSpec, Secret] {
	return p.secrets(p.route.join("/agents/{agent_id}/secrets", agentID)).of(map[string]string{"delegated_to": delegatedTo})
}

// of restricts the secrets to those of the identities.
func (c secrets) of(identities map[string]string) secrets {
	c.chosen, c.extra, c.query, c.filter = true, map[string]string{}, url.Values{}, url.Values{}
	for name, identity := range identities {
		if identity != "" {
			c.extra[name] = identity
			c.query.Set(name, identity)
			if name == "for_identity" { // the only filter that lists support
				c.filter.Set(name, identity)
			}
		}
	}
	return c
}

// Path distinguishes the secrets of one identity from those of another.
func (c secrets) Path() string {
	if len(c.query) == 0 {
		return c.route.path
	}
	return c.route.path + "?" + c.query.Encode()
}

// All lists the secrets, without their values.
func (c secrets) All(ctx context.Context) iter.Seq2[Secret, error] {
	return func(yield func(Secret, error) bool) {
		for row, err := range c.collection.All(ctx) {
			if !yield(c.known(row), err) {
				return
			}
		}
	}
}

// Get sends GET …/{secret_id}, which returns the value.
func (c secrets) Get(ctx context.Context, ref Ref) (Secret, error) {
	if ref.ID == "" && c.chosen {
		ref.ID = ref.Key
	}
	found, err := c.collection.Get(ctx, ref)
	return c.known(found), err
}

// known adds the id to the part that callers write, if they choose it.
func (c secrets) known(secret Secret) Secret {
	if c.chosen {
		secret.SecretSpec.ID = secret.ID
	}
	return secret
}

// Create sends POST. The response is the id.
func (c secrets) Create(ctx context.Context, spec SecretSpec) (made Secret, shown bool, err error) {
	body := c.body(spec)
	if c.chosen {
		body["secret_id"] = spec.ID
	}
	var created struct{ ID string }
	post := request{method: http.MethodPost, route: c.route, in: body, out: &created}
	err = c.client.do(ctx, post)
	if err == nil && created.ID == "" {
		err = unexpected(post, "it has no id")
	}
	return Secret{ID: created.ID}, false, err
}

// Update sends PUT …/{secret_id}.
func (c secrets) Update(ctx context.Context, current Secret, spec SecretSpec) (made Secret, shown bool, err error) {
	return Secret{ID: current.ID}, false, c.put(ctx, current.ID, c.body(spec), current.extras)
}

func (c secrets) body(spec SecretSpec) map[string]any {
	body := map[string]any{"name": spec.Name, "type": spec.Type, "data_base64": base64.StdEncoding.EncodeToString(spec.Data)}
	for name, value := range c.extra {
		body[name] = value
	}
	return body
}
