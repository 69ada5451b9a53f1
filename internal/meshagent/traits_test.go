// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import "testing"

// Traits.Marks must agree with the documents of each collection.
func TestTraitsSayWhatBearsMarks(t *testing.T) {
	t.Parallel()
	client, err := New(Options{Endpoint: "https://api.example.com"})
	if err != nil {
		t.Fatal(err)
	}
	p := client.Project("p")
	bears[RoomSpec](t, p.Rooms())
	bears[ServiceSpec](t, p.Services())
	bears[ServiceSpec](t, p.RoomServices("r"))
	bears[RouteSpec](t, p.Routes())
	bears[ManagedAgentSpec](t, p.ManagedAgents())
	bears[FeedSpec](t, p.Feeds())
	bears[FeedSubscriptionSpec](t, p.FeedSubscriptions("f"))
	bears[LLMLoggerSpec](t, p.LLMLoggers())
	bears[MailboxSpec](t, p.Mailboxes())
	bears[RepositorySpec](t, p.Repositories())
	bears[ShareSpec](t, p.Shares())
	bears[WebhookSpec](t, p.Webhooks())
	bears[MemberSpec](t, p.Members())
	bears[SettingsSpec](t, p.Settings(SettingsParts{}))
	bears[OAuthRegistrationSpec](t, p.ExternalOAuth(""))
	bears[OAuthRegistrationSpec](t, p.RoomExternalOAuth("r", "d"))
	bears[SecretSpec](t, p.Secrets())
	bears[SecretSpec](t, p.RoomSecrets("r", "a", ""))
	bears[SecretSpec](t, p.AgentSecrets("a", ""))
	bears[FileSpec](t, p.Files())
	bears[ScheduledTaskSpec](t, p.ScheduledTasks())
	bears[RoomGrantSpec](t, p.RoomGrants())
	bears[RoomGrantSpec](t, p.RoomGrantsByEmail())
	bears[AgentGrantSpec](t, p.AgentGrants())
	bears[AgentGrantSpec](t, p.AgentGrantsByEmail())
	bears[AgentRoomGrantSpec](t, p.AgentRoomGrants("a"))
}

func bears[S Spec[S], R Resource[S]](t *testing.T, c Collection[S, R]) {
	t.Helper()
	var none S
	if does := none.WithMark(Mark{Owner: "o/n/a"}).Mark().Owner != ""; does != c.Traits().Marks {
		t.Errorf("%s: documents have ownership annotations: %t, but the traits say %t", c.Path(), does, c.Traits().Marks)
	}
}
