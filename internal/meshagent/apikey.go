// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unique"

	"github.com/google/uuid"
)

// APIKey is a project's API key, ma-<key id>-<project id>-<secret>. Printing it shows only the ids.
// The same holds for printing a struct with an APIKey in a private field. fmt cannot call the
// methods of such a field, but prints a pointer to a string as an address.
type APIKey struct {
	ID        string
	ProjectID string
	handle    unique.Handle[string]
}

// reveal returns the whole key.
func (k APIKey) reveal() string {
	if k.handle == (unique.Handle[string]{}) {
		return ""
	}
	return k.handle.Value()
}

// secret returns only the secret part.
func (k APIKey) secret() string {
	_, ids, _ := strings.Cut(k.reveal(), "-")
	_, rest, _ := strings.Cut(ids, "-")
	_, secret, _ := strings.Cut(rest, "-")
	return secret
}

// ParseAPIKey reads a key. Its errors never contain any part of the key.
func ParseAPIKey(text string) (APIKey, error) {
	rest, ok := strings.CutPrefix(text, "ma-")
	if !ok {
		return APIKey{}, errors.New(`an API key starts with "ma-"`)
	}
	// The secret may contain "-" itself.
	parts := strings.SplitN(rest, "-", 3)
	if len(parts) != 3 || parts[2] == "" {
		return APIKey{}, errors.New("an API key has the form ma-<key id>-<project id>-<secret>")
	}
	if i := strings.IndexFunc(parts[2], func(r rune) bool { return r <= ' ' || r > '~' }); i >= 0 {
		return APIKey{}, errors.New("the API key contains spaces, line breaks or other characters that cannot be sent")
	}
	id, err := keyUUID(parts[0])
	if err != nil {
		return APIKey{}, fmt.Errorf("reading the key id in the API key: %w", err)
	}
	project, err := keyUUID(parts[1])
	if err != nil {
		return APIKey{}, fmt.Errorf("reading the project id in the API key: %w", err)
	}
	return APIKey{ID: id, ProjectID: project, handle: unique.Make(text)}, nil
}

// String shows the parts of the key that are not secret.
func (k APIKey) String() string { return fmt.Sprintf("API key %s of project %s", k.ID, k.ProjectID) }

// GoString keeps the secret out of %#v.
func (k APIKey) GoString() string { return k.String() }

// redact removes the secret from a text, also from JSON.
func (k APIKey) redact(text string) string {
	secret := k.secret()
	if secret == "" {
		return text
	}
	quoted := strconv.Quote(secret)
	return strings.NewReplacer(secret, "[redacted]", quoted[1:len(quoted)-1], "[redacted]").Replace(text)
}

// keyUUID decodes the form of a UUID inside a key: URL-safe base64 without padding, with "." for
// "-".
func keyUUID(text string) (string, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(strings.ReplaceAll(text, ".", "-"))
	if err != nil {
		return "", errors.New("not URL-safe base64")
	}
	id, err := uuid.FromBytes(raw)
	if err != nil {
		return "", errors.New("not the 16 bytes of a UUID")
	}
	return id.String(), nil
}
