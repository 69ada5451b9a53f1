// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// DevelopmentKey is the default API key of a Simulator. It is not secret, because it opens only
// simulators.
const DevelopmentKey = "ma-D4.tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US.B_wfkK5w-not-a-secret"

// apiKey is the parsed form ma-<key id>-<project id>-<secret>.
type apiKey struct {
	id, project string // UUIDs
	secret      string
}

func (k apiKey) String() string {
	return "ma-" + shorten(k.id) + "-" + shorten(k.project) + "-" + k.secret
}

func parseKey(text string) (apiKey, error) {
	rest, ok := strings.CutPrefix(text, "ma-")
	parts := strings.SplitN(rest, "-", 3)
	if !ok || len(parts) != 3 || parts[2] == "" {
		return apiKey{}, errors.New("the API key is not of the form ma-<id>-<project>-<secret>")
	}
	id, err := lengthen(parts[0])
	if err != nil {
		return apiKey{}, fmt.Errorf("reading the id of the API key: %w", err)
	}
	project, err := lengthen(parts[1])
	if err != nil {
		return apiKey{}, fmt.Errorf("reading the project of the API key: %w", err)
	}
	return apiKey{id: id, project: project, secret: parts[2]}, nil
}

// shorten writes a UUID as 22 characters: base64, with "." where it has "-".
func shorten(uuid string) string {
	raw, err := hex.DecodeString(strings.ReplaceAll(uuid, "-", ""))
	if err != nil {
		return uuid
	}
	return strings.ReplaceAll(base64.RawURLEncoding.EncodeToString(raw), "-", ".")
}

func lengthen(short string) (string, error) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.ReplaceAll(short, ".", "-"))
	if err != nil || len(raw) != 16 {
		return "", errors.New("not a short UUID")
	}
	return formatUUID([16]byte(raw)), nil
}

func newUUID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	raw[6] = raw[6]&0x0f | 0x40
	raw[8] = raw[8]&0x3f | 0x80
	return formatUUID(raw)
}

func formatUUID(raw [16]byte) string {
	h := hex.EncodeToString(raw[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// AddAPIKey makes a key valid, and creates its project if necessary.
func (s *Simulator) AddAPIKey(key string) error {
	k, err := parseKey(key)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.project == "" {
		s.project = k.project
	}
	c := s.inside(k.project)
	if c.st.get("projects", k.project) == nil {
		c.seedProject(k.project)
	}
	if c.st.get(c.path("api-keys"), k.id) != nil {
		return nil
	}
	_, err = c.create(c.path("api-keys"), document{"id": k.id, "name": "key " + k.id[:8], "description": "", "value": key})
	return err
}

// RevokeAPIKey makes a key invalid.
func (s *Simulator) RevokeAPIKey(key string) {
	k, err := parseKey(key)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.inside(k.project)
	c.st.drop(c.path("api-keys"), k.id)
}

// authenticate returns the project of a bearer token, and the API key if it is one.
func (s *Simulator) authenticate(authorization string) (project string, key apiKey, ok bool) {
	token, found := strings.CutPrefix(authorization, "Bearer ")
	if !found {
		return "", apiKey{}, false
	}
	if project, ok := s.accessToken(token); ok {
		return project, apiKey{}, true
	}
	k, err := parseKey(token)
	if err != nil {
		return "", apiKey{}, false
	}
	rec := s.store.get("projects/"+k.project+"/api-keys", k.id)
	if rec == nil || subtle.ConstantTimeCompare([]byte(text(rec.doc, "value")), []byte(token)) != 1 {
		return "", apiKey{}, false
	}
	return k.project, k, true
}

// CheckKey checks the form of an API key.
func CheckKey(key string) error {
	_, err := parseKey(key)
	return err
}
