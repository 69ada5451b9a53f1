// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// tokenLifetime is the default lifetime of tokens.
const tokenLifetime = time.Hour // assumed

var tokenOperations = map[string]operation{
	"connectRoom":              connectRoom,
	"connectAgent":             connectAgent,
	"validateParticipantToken": validateToken,
	"exchangeOauthToken":       exchangeToken,
}

func connectRoom(c *call) (*answer, error) {
	room, err := c.lookup(c.path("rooms"), "room_name", c.param("room_name"))
	if err != nil {
		return nil, err
	}
	name := text(room.doc, "name")
	return jsonAnswer(document{
		"jwt": c.participantToken("room", name), "room_name": name, "project_id": c.project,
		"room_url": "wss://" + text(domains, "api") + "/rooms/" + url.PathEscape(name),
	}), nil
}

func connectAgent(c *call) (*answer, error) {
	agent, err := c.lookup(c.path("agents"), "agent_name", c.param("agent_name"))
	if err != nil {
		return nil, err
	}
	name := text(agent.doc, "name")
	return jsonAnswer(document{
		"jwt": c.participantToken("agent", name), "agent_name": name, "project_id": c.project,
		"agent_url": "wss://" + text(domains, "api") + "/agents/" + url.PathEscape(name),
	}), nil
}

// participantToken creates a token for a room or an agent, as the SDK documents it, and signs it
// with the secret part of an API key of the project.
func (c *call) participantToken(grant, name string) string {
	key := c.signingKey()
	claims := document{
		"name": text(c.profile(c.user), "email"),
		"grants": []any{
			document{"name": grant, "scope": name},
			document{"name": "role", "scope": "user"},
			document{"name": "api", "scope": document{
				"livekit": document{}, "queues": document{}, "messaging": document{}, "dataset": document{}, "memory": document{}, "sync": document{},
				"storage": document{}, "containers": document{}, "developer": document{}, "agents": document{}, "secrets": document{}, "services": document{},
			}},
		},
		"sub": c.project, "kid": key.id, "version": "0.44.6",
	}
	if lifetime := cmp.Or(c.s.behavior.TokenLifetime, tokenLifetime); lifetime > 0 {
		claims["exp"] = c.s.clock().Add(lifetime).Unix()
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(claims)).SignedString([]byte(key.secret))
	if err != nil {
		panic(err) // claims are JSON
	}
	return token
}

// signingKey is the caller's API key, or the oldest of the project.
func (c *call) signingKey() apiKey {
	if c.key.secret != "" {
		return c.key
	}
	for _, rec := range c.st.all(c.path("api-keys")) {
		if key, err := parseKey(text(rec.doc, "value")); err == nil {
			return key
		}
	}
	return apiKey{}
}

func validateToken(c *call) (*answer, error) {
	claims, err := c.verify(text(c.object(), "token"))
	if err != nil {
		return nil, &failure{http.StatusUnauthorized, "token: " + err.Error()} // assumed: the status
	}
	return jsonAnswer(claims), nil
}

// verify returns the claims of a participant token. A claim names the key, not the header.
func (c *call) verify(token string) (document, error) {
	claims := jwt.MapClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Name}), jwt.WithTimeFunc(c.s.clock), jwt.WithJSONNumber())
	_, err := parser.ParseWithClaims(token, claims, func(*jwt.Token) (any, error) {
		doc := document(claims)
		rec := c.st.get("projects/"+text(doc, "sub")+"/api-keys", text(doc, "kid"))
		if rec == nil {
			return nil, errors.New("the key is unknown")
		}
		key, err := parseKey(text(rec.doc, "value"))
		return []byte(key.secret), err
	})
	if err != nil {
		return nil, err
	}
	return document(claims), nil
}

// number reads an integer of a document, 0 when there is none.
func number(v any) int64 {
	n, _ := v.(json.Number)
	i, _ := n.Int64()
	return i
}

// exchangeToken returns an access token for the credentials of an OAuth client. It supports only
// this grant, because codes need a browser.
func exchangeToken(c *call) (*answer, error) {
	form, _ := url.ParseQuery(string(c.raw)) // the contract has checked it
	if grant := form.Get("grant_type"); grant != "client_credentials" {
		return nil, invalid("grant_type: the simulator knows client_credentials only")
	}
	for _, project := range c.st.all("projects") {
		own := c.s.inside(project.id)
		client := own.st.get(own.path("oauth/clients"), form.Get("client_id"))
		if client == nil || text(client.doc, "client_secret") != form.Get("client_secret") {
			continue
		}
		token := fmt.Sprintf("mat-%s-%s", shorten(project.id), randomText())
		_, err := own.create(own.path("oauth-tokens"), document{"id": tokenID(token), "expires": c.s.clock().Add(tokenLifetime).UTC().Format(time.RFC3339)})
		if err != nil {
			return nil, err
		}
		return jsonAnswer(document{
			"access_token": token, "token_type": "Bearer", "expires_in": int(tokenLifetime.Seconds()), "scope": client.doc["scope"],
		}), nil
	}
	return nil, &failure{http.StatusUnauthorized, "client_id: unknown, or the secret is wrong"}
}

// tokenID is the stored form of an access token.
func tokenID(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// accessToken returns the project of an OAuth access token.
func (s *Simulator) accessToken(token string) (project string, ok bool) {
	rest, ok := strings.CutPrefix(token, "mat-")
	if !ok {
		return "", false
	}
	short, _, _ := strings.Cut(rest, "-")
	project, err := lengthen(short)
	if err != nil {
		return "", false
	}
	rec := s.store.get("projects/"+project+"/oauth-tokens", tokenID(token))
	if rec == nil {
		return "", false
	}
	expires, err := time.Parse(time.RFC3339, text(rec.doc, "expires"))
	return project, err == nil && s.clock().Before(expires)
}
