// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
)

// OAuthRegistrationSpec is the part of an external OAuth registration that callers write. An unset
// member leaves the current value unchanged.
type OAuthRegistrationSpec struct {
	ClientID     string  `json:"client_id"`
	ClientSecret *string `json:"client_secret,omitempty"` // only in requests
	// OAuth repeats the id of the client.
	OAuth     OAuthClientConfig `json:"oauth"`
	Connector *ConnectorRef     `json:"connector,omitempty"`
	// DelegatedTo is "" if MeshAgent chooses the identity.
	DelegatedTo string `json:"delegated_to,omitempty"`
}

// ConnectorRef names the connector that a registration is for.
type ConnectorRef struct {
	OpenAIConnectorID string `json:"openai_connector_id,omitempty"`
	ServerURL         string `json:"server_url,omitempty"`
	ClientSecretID    string `json:"client_secret_id,omitempty"`
}

// OAuthRegistration is a registration with an OAuth provider, of a project or of a room.
type OAuthRegistration struct {
	ID string
	OAuthRegistrationSpec

	hasSecret bool
	delegate  string // what MeshAgent reports, even if the caller leaves it to MeshAgent
	extras    *extras
}

// registration is a registration on the wire. Null is written where the contract requires a member.
type registration struct {
	OAuth        OAuthClientConfig `json:"oauth"`
	ClientID     string            `json:"client_id"`
	ClientSecret *string           `json:"client_secret"`
	Connector    *ConnectorRef     `json:"connector"`
	DelegatedTo  *string           `json:"delegated_to"`
}

// UnmarshalJSON reads MeshAgent's form. It notes that there is a secret, and drops the value.
func (r *OAuthRegistration) UnmarshalJSON(text []byte) error {
	type envelope struct {
		ID string `json:"id"`
		registration
	}
	var row envelope
	if err := json.Unmarshal(text, &row); err != nil {
		return err
	}
	isSet := func(secret *string) bool { return secret != nil && *secret != "" }
	*r = OAuthRegistration{
		ID:                    row.ID,
		OAuthRegistrationSpec: OAuthRegistrationSpec{ClientID: row.ClientID, OAuth: row.OAuth, Connector: row.Connector},
		hasSecret:             isSet(row.ClientSecret) || isSet(row.OAuth.ClientSecret),
		extras:                extrasOf[envelope](text, "project_id", "room_id", "created_at"),
	}
	r.OAuth.ClientSecret = nil
	if r.OAuth.ClientID == "" {
		r.OAuth.ClientID = r.ClientID // which says the same
	}
	if r.Connector != nil && *r.Connector == (ConnectorRef{}) {
		r.Connector = nil
	}
	if row.DelegatedTo != nil {
		r.delegate = *row.DelegatedTo
	}
	r.DelegatedTo = r.delegate
	return nil
}

// Key is what distinguishes a registration: the client, the connector, and the identity if the
// caller chooses one.
func (s OAuthRegistrationSpec) Key() string {
	key := url.PathEscape(s.ClientID)
	if c := s.Connector; c != nil {
		key += "/" + url.PathEscape(c.ServerURL) + "/" + url.PathEscape(c.OpenAIConnectorID)
	} else {
		key += "//"
	}
	if s.DelegatedTo != "" {
		key += "/" + url.PathEscape(s.DelegatedTo)
	}
	return key
}

// Mark is always zero, because a registration has no place for the ownership annotation.
func (s OAuthRegistrationSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s OAuthRegistrationSpec) WithMark(Mark) OAuthRegistrationSpec { return s }

// Identity is the registration's id.
func (r OAuthRegistration) Identity() string { return r.ID }

// Written is the registration without its id.
func (r OAuthRegistration) Written() OAuthRegistrationSpec { return r.OAuthRegistrationSpec }

// body is the form in requests. The client's id and secret are written in both places.
func (s OAuthRegistrationSpec) body(delegate string) registration {
	body := registration{OAuth: s.OAuth, ClientID: s.ClientID, ClientSecret: s.ClientSecret, Connector: s.Connector}
	body.OAuth.ClientID, body.OAuth.ClientSecret = s.ClientID, s.ClientSecret
	if delegate != "" {
		body.DelegatedTo = &delegate
	}
	return body
}

// externalOAuth differs from the regular case: no route reads one registration, and the response to
// a creation has only the id.
type externalOAuth struct {
	collection[OAuthRegistrationSpec, OAuthRegistration]
	delegate string // "": MeshAgent chooses
}

// ExternalOAuth is /accounts/projects/{project_id}/external-oauth, for one identity or for those
// that MeshAgent chooses.
func (p *Project) ExternalOAuth(delegatedTo string) Collection[OAuthRegistrationSpec, OAuthRegistration] {
	return p.externalOAuth(p.route.join("/external-oauth"), delegatedTo)
}

// RoomExternalOAuth is /accounts/projects/{project_id}/rooms/{room_name}/external-oauth.
func (p *Project) RoomExternalOAuth(room, delegatedTo string) Collection[OAuthRegistrationSpec, OAuthRegistration] {
	return p.externalOAuth(p.route.join("/rooms/{room_name}/external-oauth", room), delegatedTo)
}

func (p *Project) externalOAuth(at route, delegatedTo string) Collection[OAuthRegistrationSpec, OAuthRegistration] {
	c := externalOAuth{collection[OAuthRegistrationSpec, OAuthRegistration]{
		client: p.client, route: at, item: "/{registration_id}", member: "registrations", open: true,
	}, delegatedTo}
	if delegatedTo != "" {
		c.query = url.Values{"delegated_to": {delegatedTo}}
		c.filter = c.query
	}
	return c
}

// Path distinguishes the registrations of one identity from those of another.
func (c externalOAuth) Path() string {
	if len(c.query) == 0 {
		return c.route.path
	}
	return c.route.path + "?" + c.query.Encode()
}

// All lists the registrations. If MeshAgent chooses the identity, it is not part of what callers
// write.
func (c externalOAuth) All(ctx context.Context) iter.Seq2[OAuthRegistration, error] {
	return func(yield func(OAuthRegistration, error) bool) {
		for row, err := range c.collection.All(ctx) {
			if c.delegate == "" {
				row.DelegatedTo = ""
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// Get returns ErrUseList.
func (c externalOAuth) Get(context.Context, Ref) (OAuthRegistration, error) {
	return OAuthRegistration{}, ErrUseList
}

// Create sends POST …/external-oauth.
func (c externalOAuth) Create(ctx context.Context, spec OAuthRegistrationSpec) (made OAuthRegistration, shown bool, err error) {
	made, err = c.read(ctx, request{method: http.MethodPost, route: c.route, in: spec.body(c.delegate), open: spec.ClientSecret == nil})
	return OAuthRegistration{ID: made.ID, OAuthRegistrationSpec: spec}, false, err
}

// Update sends PUT …/external-oauth/{registration_id}, which replaces everything. It would delete a
// secret that the caller does not have, so it refuses that.
func (c externalOAuth) Update(ctx context.Context, current OAuthRegistration, spec OAuthRegistrationSpec) (made OAuthRegistration, shown bool, err error) {
	if current.hasSecret && spec.ClientSecret == nil {
		return current, false, fmt.Errorf("%w: client_secret", ErrValueHidden)
	}
	err = c.client.do(ctx, request{
		method: http.MethodPut, route: c.one(current.ID), in: completed{spec.body(current.delegate), current.extras}, open: spec.ClientSecret == nil,
	})
	return OAuthRegistration{ID: current.ID, OAuthRegistrationSpec: spec}, false, err
}
