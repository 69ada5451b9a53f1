// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseKey(t *testing.T) {
	// The test vector of the API notes.
	key := apiKey{id: "0f8fad5b-d9cb-469f-a165-70867728950e", project: "7c9e6679-7425-40de-944b-e07fc1f90ae7", secret: "s3-cret"}
	const text = "ma-D4.tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US.B_wfkK5w-s3-cret"
	if got := key.String(); got != text {
		t.Errorf("got %s", got)
	}
	got, err := parseKey(text)
	if err != nil || got != key {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{"", "ma-", "xx-a-b-c", "ma-a-b-c", "ma-D4.tW9nLRp.hZXCGdyiVDg-x-c", "ma-D4.tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US.B_wfkK5w-"} {
		if err := CheckKey(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestAPIKeys(t *testing.T) {
	a := newAPI(t)
	created := a.want("POST", "/api-keys", `{"name": "k", "description": "d"}`, 200, `{"name": "k", "description": "d"}`)
	list := a.want("GET", "/api-keys", nil, 200, "")
	if strings.Contains(fmt.Sprint(list), fmt.Sprint(created["value"])) {
		t.Error("the list shows the value")
	}
	a.key = fmt.Sprint(created["value"])
	a.want("GET", "/status", nil, 200, "")
	a.want("DELETE", "/api-keys/"+fmt.Sprint(created["id"]), nil, 204, "")
	a.want("GET", "/status", nil, 401, "")
}

func TestOAuthClients(t *testing.T) {
	const body = `{"grant_types": ["client_credentials"], "response_types": [], "redirect_uris": [], "scope": "s", "metadata": {"name": "n", "n": 5}}`
	a := newAPI(t)
	created := a.want("POST", "/oauth/clients", body, 200, `{"scope": "s", "metadata": {"name": "n", "n": "5"}, "official": false}`)
	id, secret := fmt.Sprint(created["client_id"]), fmt.Sprint(created["client_secret"])
	a.want("GET", "/oauth/clients/"+id, nil, 200, `{"client_secret": "********"}`)
	a.want("PUT", "/oauth/clients/"+id, `{"scope": "t"}`, 200, `{"ok": true}`)
	a.want("GET", "/oauth/clients?filter=n", nil, 200, `{"clients": [{"scope": "t", "grant_types": ["client_credentials"]}], "total": 1}`)
	a.want("PUT", "/oauth/clients/"+id, `{"grant_types": ["authorization_code"]}`, 400, "400: redirect_uris: authorization_code needs one")

	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}
	a.key = ""
	_, answer := a.sendAs("application/x-www-form-urlencoded", "POST", "//oauth/token", form.Encode())
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answer), &token); err != nil {
		t.Fatal(err)
	}
	a.key = token.AccessToken
	a.want("GET", "/status", nil, 200, "")
	form.Set("client_secret", "wrong")
	if status, _ := a.sendAs("application/x-www-form-urlencoded", "POST", "//oauth/token", form.Encode()); status != 401 {
		t.Errorf("a wrong secret gives %d", status)
	}
	a.key = DevelopmentKey
	a.want("DELETE", "/oauth/clients/"+id, nil, 204, "")

	for visibility, want := range map[Visibility]string{Shown: secret, Masked: "********", Absent: ""} {
		b := newAPI(t, WithBehavior(Behavior{ClientSecrets: visibility, WrapOAuthClient: true}))
		created := b.want("POST", "/oauth/clients", body, 200, "")
		client, _ := created["client"].(map[string]any)
		got := b.want("GET", "/oauth/clients/"+fmt.Sprint(client["client_id"]), nil, 200, "")
		if visibility == Shown {
			want = fmt.Sprint(client["client_secret"])
		}
		if got["client_secret"] != want {
			t.Errorf("visibility %v shows %v", visibility, got["client_secret"])
		}
	}
}

func TestWebhooksAndRegistrations(t *testing.T) {
	const webhook = `{"name": "w", "url": "https://x", "events": ["*"], "action": "", "payload": ""%s}`
	const registration = `{"oauth": {"client_secret": "s1"}, "client_id": "c", "client_secret": "s2", "connector": null, "delegated_to": %s}`
	for _, tt := range []struct {
		visibility           Visibility
		webhook, outer, deep any
	}{
		{UsualVisibility, "w2", "s2", "s1"},
		{Masked, "********", "********", "********"},
		{Absent, nil, nil, nil},
	} {
		a := newAPI(t, WithBehavior(Behavior{WebhookSecrets: tt.visibility, ExternalOAuthSecrets: tt.visibility}))
		a.sim.Add("rooms", map[string]any{"name": "a"})
		created := a.want("POST", "/webhooks", fmt.Sprintf(webhook, ""), 200, `{"name": "w"}`)
		id := fmt.Sprint(created["id"])
		a.want("PUT", "/webhooks/"+id, fmt.Sprintf(webhook, `, "secret": "w2"`), 200, "")
		a.want("PUT", "/webhooks/"+id, fmt.Sprintf(webhook, `, "secret": null`), 200, "")
		list := a.want("GET", "/webhooks", nil, 200, `{"webhooks": [{"id": "`+id+`"}]}`)
		got := []any{firstRow(list, "webhooks")["secret"]}
		for _, base := range []string{"/external-oauth", "/rooms/a/external-oauth"} {
			a.want("POST", base, fmt.Sprintf(registration, "null"), 200, "")
			created := a.want("POST", base, fmt.Sprintf(registration, `"d"`), 200, "")
			list := a.want("GET", base+"?delegated_to=d", nil, 200, `{"registrations": [{"delegated_to": "d", "client_id": "c"}]}`)
			row := firstRow(list, "registrations")
			got = append(got, row["client_secret"], value(row, "oauth.client_secret"))
			one := base + "/" + fmt.Sprint(created["id"])
			a.want("DELETE", one+"?delegated_to=e", nil, 404, "")
			a.want("DELETE", one+"?delegated_to=d", nil, 200, "{}")
			a.want("GET", base, nil, 200, `{"registrations": [{"delegated_to": ""}]}`)
		}
		if diff := cmp.Diff([]any{tt.webhook, tt.outer, tt.deep, tt.outer, tt.deep}, got); diff != "" {
			t.Errorf("visibility %v: %s", tt.visibility, diff)
		}
	}
}

func firstRow(list map[string]any, member string) map[string]any {
	rows, _ := list[member].([]any)
	row, _ := rows[0].(map[string]any)
	return row
}

func TestTokens(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	a := newAPI(t, WithClock(func() time.Time { return now }))
	a.sim.Add("rooms", map[string]any{"name": "a b"})
	got := a.want("POST", "/rooms/a%20b/connect", `{}`, 200, `{"room_name": "a b"}`)
	token := fmt.Sprint(got["jwt"])
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	if claims["sub"] != a.sim.ProjectID() || claims["exp"] != float64(now.Add(time.Hour).Unix()) || claims["kid"] != "0f8fad5b-d9cb-469f-a165-70867728950e" {
		t.Errorf("claims %v", claims)
	}
	validate := func() (int, string) {
		return a.send("POST", "//api/participant-token/validate", map[string]any{"token": token})
	}
	a.key = ""
	if status, body := validate(); status != 200 || !strings.Contains(body, `{"name":"room","scope":"a b"}`) {
		t.Errorf("a good token: %d %s", status, body)
	}
	now = now.Add(2 * time.Hour)
	if status, body := validate(); status != 401 || !strings.Contains(body, "token is expired") {
		t.Errorf("an old token: %d %s", status, body)
	}
	now = now.Add(-2 * time.Hour)
	for _, bad := range []string{"x", "a.b.c", token + "x", strings.Replace(token, ".", ".x", 1)} {
		token = bad
		if status, _ := validate(); status != 401 {
			t.Errorf("a bad token: %d", status)
		}
	}
}

func TestRepositories(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	a := newAPI(t, WithClock(func() time.Time { return now }))
	created := a.want("POST", "/repositories", `{"name": "a/b"}`, 200, `{"name": "a/b", "description": "", "annotations": {}, "created_at": "2026-05-01T12:00:00Z"}`)
	one := "/repositories/" + fmt.Sprint(created["id"])
	a.want("POST", "/repositories", `{"name": "a/b"}`, 409, "")
	a.want("PUT", one, `{"name": "c", "annotations": {"k": "v"}}`, 200, `{"name": "c", "annotations": {"k": "v"}, "created_at": "2026-05-01T12:00:00Z"}`)
	a.want("POST", one+"/token", `{"actions": ["pull"], "expires_in_seconds": 60}`, 200, `{"expires_at": "2026-05-01T12:01:00Z"}`)
}
