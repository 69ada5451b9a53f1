// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

const agentBody = `{"configuration": {"metadata": {"name": "%s"}, "allowed_models": []}}`

// Both possibilities of each unknown can be simulated.
func TestBehavior(t *testing.T) {
	for _, tt := range []struct {
		name  string
		other Behavior
		// play sends requests that show the behavior, and returns what they show.
		play        func(a *api) string
		usual, want string
	}{
		{"names of agents may repeat", Behavior{DuplicateNames: true}, func(a *api) string {
			a.want("POST", "/agents", fmt.Sprintf(agentBody, "g"), 200, "")
			status, _ := a.send("POST", "/agents", fmt.Sprintf(agentBody, "g"))
			return fmt.Sprint(status)
		}, "409", "200"},
		{"names of feeds may repeat", Behavior{DuplicateNames: true}, func(a *api) string {
			a.want("POST", "/feeds", `{"name": "f", "visibility": "public", "paused": false}`, 200, "")
			status, _ := a.send("POST", "/feeds", `{"name": "f", "visibility": "public", "paused": false}`)
			return fmt.Sprint(status)
		}, "409", "200"},
		{"a second member overwrites the first", Behavior{OverwriteExisting: true}, func(a *api) string {
			body := `{"project_id": "` + a.sim.ProjectID() + `", "user_id": "u"}`
			a.want("POST", "/users", body, 200, "")
			status, _ := a.send("POST", "/users", body)
			total := a.want("GET", "/users", nil, 200, "")["total"]
			return fmt.Sprint(status, " ", total)
		}, "409 3", "200 3"},
		{"a mailbox of an unknown room", Behavior{UnknownIsInvalid: true}, func(a *api) string {
			status, body := a.send("POST", "/mailboxes", `{"address": "a@mail.meshagent.com", "room": "x", "queue": "q", "public": false}`)
			return fmt.Sprint(status, body)
		}, `404404: no room with name "x"`, `400400: no room with name "x"`},
		{"an agent is not renamed", Behavior{FixedAgentNames: true}, func(a *api) string {
			made := a.want("POST", "/agents", fmt.Sprintf(agentBody, "g"), 200, "")
			a.want("PUT", "/agents/"+fmt.Sprint(made["id"]), fmt.Sprintf(agentBody, "h"), 200, "")
			status, _ := a.send("GET", "/agents/h", nil)
			return fmt.Sprint(status)
		}, "200", "404"},
		{"a mailbox keeps the old name of its room", Behavior{KeepOldNames: true}, func(a *api) string {
			room := a.sim.Add("rooms", map[string]any{"name": "a"})
			a.want("POST", "/mailboxes", `{"address": "a@mail.meshagent.com", "room": "a", "queue": "q", "public": false}`, 200, "")
			a.want("PUT", "/rooms/"+room, `{"name": "b"}`, 200, "")
			_, body := a.send("GET", "/mailboxes/a@mail.meshagent.com", nil)
			return fmt.Sprint(strings.Contains(body, `"room":"b"`))
		}, "true", "false"},
		{"an update without a secret makes another", Behavior{NullClearsSecrets: true}, func(a *api) string {
			body := `{"name": "w", "url": "https://x", "events": [], "description": "", "action": "", "payload": null%s}`
			a.want("POST", "/webhooks", fmt.Sprintf(body, ""), 200, "")
			row := func() map[string]any { return firstRow(a.want("GET", "/webhooks", nil, 200, ""), "webhooks") }
			before := row()
			a.want("PUT", "/webhooks/"+fmt.Sprint(before["id"]), fmt.Sprintf(body, `, "secret": null`), 200, "")
			return fmt.Sprint(row()["secret"] == before["secret"])
		}, "true", "false"},
		{"settings of shares are plain words", Behavior{PlainSettings: true}, func(a *api) string {
			a.want("POST", "/shares", `{"settings": {"room": "a"}}`, 200, "")
			status, _ := a.send("POST", "/shares", `{"settings": {"x.example/y": "a"}}`)
			return fmt.Sprint(status)
		}, "200", "400"},
		{"the creation of a webhook is answered with its id", Behavior{WebhookAnswers: OnlyID}, createdWebhook, "whole", "id"},
		{"the creation of a webhook is answered with nothing", Behavior{WebhookAnswers: EmptyAnswer}, createdWebhook, "whole", "nothing"},
		{"descriptions must be short", Behavior{ShortDescriptions: true}, func(a *api) string {
			status, _ := a.send("POST", "/webhooks", fmt.Sprintf(webhookBody, strings.Repeat("x", 65)))
			short, _ := a.send("POST", "/webhooks", fmt.Sprintf(strings.Replace(webhookBody, `"w"`, `"v"`, 1), strings.Repeat("x", 63)))
			key, _ := a.send("POST", "/api-keys", fmt.Sprintf(`{"name": "k", "description": %q}`, strings.Repeat("x", 65)))
			return fmt.Sprint(status, short, key)
		}, "200 200 200", "400 200 400"},
		{"a registration is delegated to the user", Behavior{FillDelegate: true}, func(a *api) string {
			a.want("POST", "/external-oauth", `{"client_id": "c", "oauth": {}, "connector": null}`, 200, "")
			return fmt.Sprint(firstRow(a.want("GET", "/external-oauth", nil, 200, ""), "registrations")["delegated_to"])
		}, "", ownerID},
		{"tokens say nothing about their end", Behavior{TokenLifetime: -1}, func(a *api) string { return lifetime(a) }, "1h0m0s", "none"},
		{"tokens end sooner", Behavior{TokenLifetime: time.Minute}, func(a *api) string { return lifetime(a) }, "1h0m0s", "1m0s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.play(newAPI(t)); got != tt.usual {
				t.Errorf("usually got %s, want %s", got, tt.usual)
			}
			if got := tt.play(newAPI(t, WithBehavior(tt.other))); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

const webhookBody = `{"name": "w", "url": "https://x", "events": [], "description": %q, "action": "", "payload": null}`

// createdWebhook is what the response to the creation of a webhook contains.
func createdWebhook(a *api) string {
	made := a.want("POST", "/webhooks", fmt.Sprintf(webhookBody, ""), 200, "")
	switch {
	case made["url"] != nil:
		return "whole"
	case made["id"] != nil:
		return "id"
	}
	return "nothing"
}

// lifetime is the lifetime of a connection token.
func lifetime(a *api) string {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	a.sim.clock = func() time.Time { return now }
	a.sim.Add("rooms", map[string]any{"name": "a"})
	token := a.want("POST", "/rooms/a/connect", `{}`, 200, "")["jwt"]
	claims, err := a.sim.inside(a.sim.ProjectID()).verify(fmt.Sprint(token))
	if err != nil {
		return err.Error()
	}
	if claims["exp"] == nil {
		return "none"
	}
	return time.Duration(number(claims["exp"])*int64(time.Second) - now.UnixNano()).String()
}

// The notes on the contract must list all guesses, and name their switches.
func TestNotesNameEveryGuess(t *testing.T) {
	notes, err := os.ReadFile("../contract/NOTES.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(notes), "## What is guessed")
	named := regexp.MustCompile("`([A-Z]\\w+)`").FindAllStringSubmatch(table, -1)
	fields := map[string]bool{"Behavior": true}
	for field := range reflect.TypeFor[Behavior]().Fields() {
		fields[field.Name] = true
		if !strings.Contains(table, "`"+field.Name+"`") {
			t.Errorf("test/contract/NOTES.md does not say what Behavior.%s switches", field.Name)
		}
	}
	for _, match := range named {
		if !fields[match[1]] {
			t.Errorf("test/contract/NOTES.md names %s, which Behavior has not", match[1])
		}
	}
}
