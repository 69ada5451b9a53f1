// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"crypto/rand"
	"encoding/hex"
	"maps"
	"slices"
	"time"
)

// credentialOperations are those around webhooks, OAuth and registry tokens.
var credentialOperations = map[string]operation{
	"createOauthClient":                     createOAuthClient,
	"listProjectExternalOauthRegistrations": listRegistrations,
	"listRoomExternalOauthRegistrations":    listRegistrations,
	"createRepositoryToken":                 createRepositoryToken,
}

func randomText() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return hex.EncodeToString(raw[:])
}

// prepareAPIKey creates the key. Its value is stored to check requests, and shown only in the
// response to its creation.
func prepareAPIKey(c *call, _ string, doc document, _ *record) error {
	if err := c.checkDescription(doc); err != nil {
		return err
	}
	if text(doc, "value") != "" {
		return nil
	}
	id := newUUID()
	doc["id"] = id
	doc["value"] = apiKey{id: id, project: c.project, secret: randomText()}.String()
	doc["created_by"] = c.user
	return nil
}

// prepareWebhook creates the signing secret, which an update can replace.
func prepareWebhook(c *call, _ string, doc document, old *record) error {
	if err := c.checkDescription(doc); err != nil {
		return err
	}
	switch {
	case text(doc, "secret") != "":
	case old != nil && !c.s.behavior.NullClearsSecrets:
		doc["secret"] = old.doc["secret"] // assumed: null keeps it
	default:
		doc["secret"] = "whsec_" + newUUID()
	}
	return nil
}

// checkDescription refuses a description that is too long for a server that allows only short ones.
func (c *call) checkDescription(doc document) error {
	const most = 64
	if c.s.behavior.ShortDescriptions && len(text(doc, "description")) > most {
		return invalid("description: has more than %d characters", most)
	}
	return nil
}

func viewWebhook(c *call, rec *record, m mode) document {
	switch {
	case m == created && c.s.behavior.WebhookAnswers == OnlyID:
		return document{"id": rec.id}
	case m == created && c.s.behavior.WebhookAnswers == EmptyAnswer:
		return document{}
	}
	out := maps.Clone(rec.doc)
	showSecret(out, "secret", c.s.behavior.WebhookSecrets, Shown)
	return out
}

// showSecret shows a member in the way that a Behavior says.
func showSecret(doc document, member string, v, usual Visibility) {
	shown, there := v.show(doc[member], usual)
	if !there {
		delete(doc, member)
	} else if _, given := doc[member]; given {
		doc[member] = shown
	}
}

func prepareClient(_ *call, _ string, doc document, old *record) error {
	if old == nil {
		doc["client_id"], doc["client_secret"] = newUUID(), randomText()
		if doc["official"] == nil {
			doc["official"] = false
		}
	}
	grants, _ := doc["grant_types"].([]any)
	uris, _ := doc["redirect_uris"].([]any)
	if slices.Contains(grants, any("authorization_code")) && len(uris) == 0 {
		return invalid("redirect_uris: authorization_code needs one")
	}
	metadata := document{}
	given, _ := doc["metadata"].(document)
	for name, v := range given {
		if _, isText := v.(string); !isText {
			v = string(encode(v)) // reads return strings only
		}
		metadata[name] = v
	}
	doc["metadata"] = metadata
	return nil
}

func viewClient(c *call, rec *record, m mode) document {
	out := maps.Clone(rec.doc)
	if m != created {
		showSecret(out, "client_secret", c.s.behavior.ClientSecrets, Masked)
		if out["client_secret"] == nil {
			out["client_secret"] = "" // clients require a string
		}
	}
	return out
}

func createOAuthClient(c *call) (*answer, error) {
	rec, err := c.create(c.path("oauth/clients"), c.object())
	if err != nil {
		return nil, err
	}
	doc := c.view(rec, created)
	if c.s.behavior.WrapOAuthClient {
		doc = document{"client": doc}
	}
	return jsonAnswer(doc), nil
}

// prepareRegistration gives delegated_to the string that reads show.
func prepareRegistration(c *call, _ string, doc document, _ *record) error {
	doc["delegated_to"] = text(doc, "delegated_to") // assumed: what null becomes
	if doc["delegated_to"] == "" && c.s.behavior.FillDelegate {
		doc["delegated_to"] = c.user
	}
	return nil
}

func viewRegistration(c *call, rec *record, _ mode) document {
	out := normal(rec.doc)
	showSecret(out, "client_secret", c.s.behavior.ExternalOAuthSecrets, Shown)
	if config, ok := out["oauth"].(document); ok {
		showSecret(config, "client_secret", c.s.behavior.ExternalOAuthSecrets, Shown)
	}
	return out
}

// checkDelegate protects the secrets of others from a deletion with delegated_to.
func checkDelegate(c *call, _ string, rec *record) error {
	if want := c.query.Get("delegated_to"); rec != nil && want != "" && rec.doc["delegated_to"] != want {
		return missing("registration", "delegated_to", want)
	}
	return nil
}

func listRegistrations(c *call) (*answer, error) {
	path, _, err := c.target()
	if err != nil {
		return nil, err
	}
	want := c.query.Get("delegated_to")
	return c.list(path, func(c *call) []*record {
		return slices.DeleteFunc(slices.Clone(c.st.all(path)), func(rec *record) bool { return want != "" && rec.doc["delegated_to"] != want })
	})
}

func createRepositoryToken(c *call) (*answer, error) {
	if _, err := c.lookup(c.path("repositories"), "repository_id", c.param("repository_id")); err != nil {
		return nil, err
	}
	lifetime := time.Hour // assumed: the default
	if n := number(c.object()["expires_in_seconds"]); n > 0 {
		lifetime = time.Duration(n) * time.Second
	}
	return jsonAnswer(document{
		"token": "mrt-" + randomText(), "expires_at": c.s.clock().Add(lifetime).UTC().Format(time.RFC3339),
	}), nil
}
