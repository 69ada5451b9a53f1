// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// document is a request with all members set, together with its schema in the contract.
type document struct {
	schema string
	send   func(*Project)
	within string   // the member of the body to compare; unset: the whole body
	except []string // members that the client never sends, on purpose
}

// documents are all bodies that the client sends. Services and scopes are compared as types
// elsewhere, because their types follow the contract at every depth.
func documents(ctx context.Context) map[string]document {
	annotations := map[string]string{"a": "b"}
	room := RoomSpec{Name: "support", Metadata: Object{"a": "b"}, Annotations: annotations}
	feed := FeedSpec{
		Name: "f", Description: new("d"), Visibility: "public", Paused: new(true), Annotations: annotations, MessageSchema: json.RawMessage(`{"type": "object"}`),
	}
	subscription := FeedSubscriptionSpec{Room: "support", Path: "/", FilenameDatetimeFormat: new("YYYY"), Annotations: annotations}
	grant := RoomGrantSpec{RoomID: "r", UserID: "u", Permissions: &APIScope{LLM: &LLMGrant{}}, InviteRedirectURL: "https://x"}
	invitation := grant
	invitation.UserID, invitation.Email = "", "ops@example.com"
	secret := SecretSpec{Name: "s", Type: SecretKeys, Data: []byte(`{"A": "b"}`)}
	chosen := SecretSpec{ID: "s", Name: "s", Type: "text/plain", Data: []byte("x")}
	route := RouteSpec{
		Version: "v1", Kind: "Route", Metadata: RouteMetadata{Name: "n", Annotations: annotations}, Domain: "x.example.com",
		Backend: RouteBackend{Room: &RouteTarget{"support"}},
		Paths:   []RoutePath{{Path: new("/"), PathType: new("prefix"), StripPrefix: new(true), TargetPort: "8000"}},
	}
	task := ScheduledTaskSpec{
		RoomID: "r", Room: "support", Metadata: ScheduledTaskMetadata{Name: "t", Annotations: annotations}, Schedule: "1 hours", Active: new(true), Once: new(false),
		Queue: &ScheduledTaskQueue{Name: "q", Payload: Object{"a": "b"}, StorageWritePath: new("/")}, Without: []string{"container"},
	}
	running := task
	running.Queue, running.Container, running.Without = nil, &ContainerSpec{Image: "i"}, []string{"queue"}
	ofTask := []string{"container", "kind", "version"} // kind and version have one value only
	agentRoute := route
	agentRoute.Backend, agentRoute.Paths = RouteBackend{Agent: &RouteTarget{"helper"}}, nil

	mailbox := MailboxSpec{Address: "a@x", Room: "support", Queue: "q", Public: true, Annotations: annotations}
	logger := LLMLoggerSpec{FeedID: "f", FilterExpression: new("x"), Paused: new(true), Annotations: annotations}
	share := ShareSpec{Settings: Object{"a": "b"}}
	repository := RepositorySpec{Name: "apps/a", Description: new("d"), Annotations: annotations}
	agentGrant := AgentGrantSpec{AgentID: "a", UserID: "u", Permissions: &AgentPermissions{Admin: true}, InviteRedirectURL: "https://x"}
	agentInvitation := agentGrant
	agentInvitation.UserID, agentInvitation.Email = "", "ops@example.com"
	agentRoomGrant := AgentRoomGrantSpec{AgentID: "a", RoomID: "r", Permissions: &APIScope{LLM: &LLMGrant{}}}
	agentRoomGrants := func(p *Project) Collection[AgentRoomGrantSpec, AgentRoomGrant] { return p.AgentRoomGrants("a") }
	agent := wholeAgent()
	webhook := WebhookSpec{
		Name: "w", URL: "https://x", Events: []string{"*"}, Description: new("d"), Action: "call", Payload: Object{"a": "b"}, Secret: new("s"),
	}
	member := MemberSpec{
		UserID: "u", IsAdmin: new(true), IsDeveloper: new(true), CanCreateRooms: new(true), CanCreateAgents: new(true), CanUseLLMProxy: new(true),
	}
	named := member
	named.FirstName, named.LastName = "Otis", "Ops"

	registration := OAuthRegistrationSpec{
		ClientID: "c", ClientSecret: new("s"), Connector: &ConnectorRef{OpenAIConnectorID: "o", ServerURL: "https://x", ClientSecretID: "s"},
		OAuth: OAuthClientConfig{AuthorizationEndpoint: "https://x", TokenEndpoint: "https://x", NoPKCE: new(true), Scopes: []string{"a"}},
	}

	return map[string]document{
		"create an agent": {schema: "AgentCreate", send: creating(ctx, (*Project).ManagedAgents, agent), except: []string{
			"configuration.id", // MeshAgent chooses it
			"permissions",      // grants are objects of their own
		}},
		"update an agent": {schema: "AgentUpdate", send: updating(ctx, (*Project).ManagedAgents, ManagedAgent{ID: "a"}, agent), except: []string{"configuration.id"}},

		"create an agent grant": {schema: "AgentGrantCreateByUser", send: creating(ctx, (*Project).AgentGrants, agentGrant), except: []string{"email"}},
		"invite to an agent":    {schema: "AgentGrantCreateByEmail", send: creating(ctx, (*Project).AgentGrants, agentInvitation), except: []string{"user_id"}},
		"update an agent grant": {schema: "AgentGrantUpdate", send: updating(ctx, (*Project).AgentGrants, AgentGrant{Spec: agentGrant, Holder: "u"}, agentGrant)},

		"create an agent room grant": {schema: "AgentRoomGrantWrite", send: creating(ctx, agentRoomGrants, agentRoomGrant)},
		"update an agent room grant": {schema: "AgentRoomGrantWrite", send: updating(ctx, agentRoomGrants, AgentRoomGrant{Spec: agentRoomGrant, Holder: "r"}, agentRoomGrant)},

		"create a room": {schema: "RoomCreate", send: creating(ctx, (*Project).Rooms, room), except: []string{
			"if_not_exists", // the operator's own rules decide about existing resources
			"permissions",   // grants are objects of their own
		}},
		"update a room": {schema: "RoomUpdate", send: updating(ctx, (*Project).Rooms, Room{ID: "r", RoomSpec: room}, room)},

		"create a feed": {schema: "FeedCreate", send: creating(ctx, (*Project).Feeds, feed)},
		"update a feed": {schema: "FeedUpdate", send: updating(ctx, (*Project).Feeds, Feed{ID: "f", FeedSpec: feed}, feed)},
		"create a subscription": {schema: "FeedSubscriptionCreate", send: creating(ctx, func(p *Project) Collection[FeedSubscriptionSpec, FeedSubscription] {
			return p.FeedSubscriptions("f")
		}, subscription)},
		"update a subscription": {schema: "FeedSubscriptionUpdate", send: updating(ctx, func(p *Project) Collection[FeedSubscriptionSpec, FeedSubscription] {
			return p.FeedSubscriptions("f")
		}, FeedSubscription{ID: "s", FeedSubscriptionSpec: subscription}, subscription)},

		"create a grant": {schema: "RoomGrantCreateByUser", send: creating(ctx, (*Project).RoomGrants, grant), except: []string{"email"}},
		"invite":         {schema: "RoomGrantCreateByEmail", send: creating(ctx, (*Project).RoomGrants, invitation), except: []string{"user_id"}},
		"update a grant": {schema: "RoomGrantUpdate", send: updating(ctx, (*Project).RoomGrants, RoomGrant{Spec: grant, Holder: "u"}, grant)},

		"create a task": {schema: "ScheduledTaskSpec", within: "spec", send: creating(ctx, (*Project).ScheduledTasks, task), except: ofTask},
		"update a task": {schema: "ScheduledTaskSpec", within: "spec", send: updating(ctx, (*Project).ScheduledTasks, ScheduledTask{ID: "t", ScheduledTaskSpec: task}, task), except: ofTask},
		"run a container": {schema: "ScheduledTaskSpec", within: "spec", send: creating(ctx, (*Project).ScheduledTasks, running), except: []string{
			"kind", "version", "queue", "container.command", "container.environment", "container.on_demand", "container.private", "container.pull_secret", // a service has them
			"container.secrets", "container.storage", "container.template", "container.working_dir", "container.writable_root_fs",
		}},

		"create a secret":             {schema: "ProjectSecretWrite", send: creating(ctx, (*Project).Secrets, secret)},
		"update a secret":             {schema: "ProjectSecretWrite", send: updating(ctx, (*Project).Secrets, Secret{ID: "s", SecretSpec: secret}, secret)},
		"create a secret of a room":   {schema: "RoomSecretCreate", send: creating(ctx, roomSecrets, chosen)},
		"update a secret of a room":   {schema: "RoomSecretUpdate", send: updating(ctx, roomSecrets, Secret{ID: "s", SecretSpec: chosen}, chosen)},
		"create a secret of an agent": {schema: "AgentSecretCreate", send: creating(ctx, agentSecrets, chosen)},
		"update a secret of an agent": {schema: "AgentSecretUpdate", send: updating(ctx, agentSecrets, Secret{ID: "s", SecretSpec: chosen}, chosen)},

		"create a route":             {schema: "RoomRouteSpec", within: "spec", send: creating(ctx, (*Project).Routes, route), except: []string{"backend.agent"}},
		"update a route":             {schema: "RoomRouteSpec", within: "spec", send: updating(ctx, (*Project).Routes, Route{RouteSpec: route}, route), except: []string{"backend.agent"}},
		"create a route to an agent": {schema: "AgentRouteSpec", within: "spec", send: creating(ctx, (*Project).Routes, agentRoute), except: []string{"backend.room", "paths"}},
		"update a route to an agent": {schema: "AgentRouteSpec", within: "spec", send: updating(ctx, (*Project).Routes, Route{RouteSpec: agentRoute}, agentRoute), except: []string{"backend.room", "paths"}},

		"create a logger":     {schema: "LLMLoggerWrite", send: creating(ctx, (*Project).LLMLoggers, logger)},
		"update a logger":     {schema: "LLMLoggerWrite", send: updating(ctx, (*Project).LLMLoggers, LLMLogger{ID: "l", LLMLoggerSpec: logger}, logger)},
		"create a mailbox":    {schema: "MailboxCreate", send: creating(ctx, (*Project).Mailboxes, mailbox)},
		"update a mailbox":    {schema: "MailboxUpdate", send: updating(ctx, (*Project).Mailboxes, Mailbox{MailboxSpec: mailbox}, mailbox)},
		"create a repository": {schema: "RepositoryWrite", send: creating(ctx, (*Project).Repositories, repository)},
		"update a repository": {schema: "RepositoryWrite", send: updating(ctx, (*Project).Repositories, Repository{ID: "r", RepositorySpec: repository}, repository)},
		"create a share":      {schema: "ShareWrite", send: creating(ctx, (*Project).Shares, share)},
		"update a share":      {schema: "ShareWrite", send: updating(ctx, (*Project).Shares, Share{ID: "s", ShareSpec: share}, share)},
		"create a webhook":    {schema: "WebhookCreate", send: creating(ctx, (*Project).Webhooks, webhook)},
		"update a webhook":    {schema: "WebhookUpdate", send: updating(ctx, (*Project).Webhooks, Webhook{ID: "w", WebhookSpec: webhook}, webhook)},

		"add a member":     {schema: "ProjectUserAdd", send: creating(ctx, (*Project).Members, named)},
		"update a member":  {schema: "ProjectUserUpdate", send: updating(ctx, (*Project).Members, Member{MemberSpec: MemberSpec{UserID: "u"}}, member)},
		"update a profile": {schema: "UserProfileUpdate", send: updating(ctx, (*Project).Members, Member{MemberSpec: member}, named)},

		"update the settings": {schema: "ProjectSettings", send: updating(ctx, projectSettingsOf, Settings{}, SettingsSpec{Settings: Object{"a": "b"}})},
		"set the recharge": {schema: "AutoRecharge", send: updating(ctx, projectSettingsOf, Settings{}, SettingsSpec{
			AutoRecharge: &AutoRecharge{Enabled: true, Amount: "25", Threshold: "5.50", MonthlyBudget: "100"},
		})},

		"register a client": {schema: "ExternalOAuthWrite", send: creating(ctx, externalOAuthOf, registration)},
		"update a client":   {schema: "ExternalOAuthWrite", send: updating(ctx, externalOAuthOf, OAuthRegistration{ID: "r", delegate: "d"}, registration)},

		"render a template": {schema: "ServiceFromTemplate", send: creating(ctx, (*Project).Services, ServiceFromTemplate("n", "{{ x }}", map[string]string{"x": "y"}))},
	}
}

// wholeAgent has every member of each type of toolkit.
func wholeAgent() ManagedAgentSpec {
	ofUser := MCPSecret{Type: MCPSecretOfUser, SecretName: "wiki", Prompt: "Sign in", OAuth: &OAuthSecretRequest{
		SecretName: "wiki", ClientSecretID: "c", Scopes: []string{"read"}, AuthorizationEndpoint: "https://x/a", TokenEndpoint: "https://x/t",
		RegistrationEndpoint: "https://x/r", RedirectURI: "https://x/c", ClientID: "scribe",
	}}
	server := AgentMCPServer{
		ServerLabel: "wiki", ServerURL: "https://x", AllowedTools: []string{"search"}, RequireApproval: "never", OpenAIConnectorID: "o",
		Authorization: &MCPAuthorization{Type: "header", Name: "X-Token", Secret: ofUser}, Headers: []MCPHeader{{"X-Team", "support"}},
		AlwaysRequireApproval: []string{"edit"}, NeverRequireApproval: []string{"search"},
	}
	return ManagedAgentSpec{
		Metadata:      ManagedAgentMetadata{Name: "scribe", Annotations: map[string]string{"a": "b"}},
		AllowedModels: []AllowedModel{{Provider: "openai", Model: "gpt-5", OutputModalities: []string{"text"}}, {Provider: "anthropic", Model: "claude"}},
		Instructions:  "Take notes.", ThreadIsolation: "participant", OutputModalities: []string{"text"},
		Toolkits: []AgentToolkit{
			{Type: ToolkitMCP, Servers: []AgentMCPServer{server, {
				ServerLabel: "tickets", ServerURL: "https://y", Authorization: &MCPAuthorization{Type: "bearer", Secret: MCPSecret{Type: MCPSecretOfAgent, SecretID: "s"}},
			}}},
			{Type: ToolkitWebSearch},
			{Type: ToolkitWebFetch},
			{
				Type: ToolkitImageGeneration, Background: "auto", InputImageMaskURL: "https://x/m", Model: "m", Moderation: "low", OutputCompression: new(int64(80)),
				OutputFormat: "png", Quality: "high", Size: "auto",
			},
		},
	}
}

func projectSettingsOf(p *Project) Collection[SettingsSpec, Settings] {
	return p.Settings(SettingsParts{AutoRecharge: true})
}

func externalOAuthOf(p *Project) Collection[OAuthRegistrationSpec, OAuthRegistration] {
	return p.RoomExternalOAuth("support", "delegate")
}

func roomSecrets(p *Project) Collection[SecretSpec, Secret] {
	return p.RoomSecrets("support", "owner", "delegate")
}

func agentSecrets(p *Project) Collection[SecretSpec, Secret] { return p.AgentSecrets("a", "delegate") }

// creating sends a creation and ignores its result.
func creating[S Spec[S], R Resource[S]](ctx context.Context, in func(*Project) Collection[S, R], spec S) func(*Project) {
	return func(p *Project) { _, _, _ = in(p).Create(ctx, spec) }
}

func updating[S Spec[S], R Resource[S]](ctx context.Context, in func(*Project) Collection[S, R], current R, spec S) func(*Project) {
	return func(p *Project) { _, _, _ = in(p).Update(ctx, current, spec) }
}

// A member that the contract gains must be added to the client, or an update would drop it.
func TestBodiesHaveAllOfTheContract(t *testing.T) {
	t.Parallel()
	validator, err := contract.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range documents(t.Context()) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var sent map[string]any
			doc.send(answering(t, func(w http.ResponseWriter, r *http.Request) {
				if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
					t.Error(err)
				}
				_, _ = io.WriteString(w, "{}")
			}).Project("p"))
			if doc.within != "" {
				sent, _ = sent[doc.within].(map[string]any)
			}
			if err := validator.CheckSchema(doc.schema, sent); err != nil {
				t.Errorf("%v: %v", sent, err)
			}
			var missing []string
			for _, member := range membersMissing(validator.Document().Components.Schemas[doc.schema].Value, sent, "") {
				if !slices.Contains(doc.except, member) {
					missing = append(missing, member)
				}
			}
			if len(missing) > 0 {
				t.Errorf("the contract has members that are not sent: %q", missing)
			}
		})
	}
}

// membersMissing returns the members of a schema, at every depth, that a value lacks. Scopes are
// compared elsewhere.
func membersMissing(schema *openapi3.Schema, value any, path string) (missing []string) {
	if items, ok := value.([]any); ok && schema.Items != nil && len(items) > 0 {
		return membersMissing(schema.Items.Value, items[0], path)
	}
	object, ok := value.(map[string]any)
	if !ok || path == "permissions" {
		return nil
	}
	for name, member := range schema.Properties {
		at := strings.TrimPrefix(path+"."+name, ".")
		if inner, ok := object[name]; ok {
			missing = append(missing, membersMissing(member.Value, inner, at)...)
		} else {
			missing = append(missing, at)
		}
	}
	slices.Sort(missing)
	return missing
}

// Escapes for HTML would take six bytes for each of these characters.
func TestBodiesHoldMarkupAsItIs(t *testing.T) {
	t.Parallel()
	const markup = "<&>"
	annotations := map[string]string{"a": markup}
	for name, send := range map[string]func(*Project){
		"a room":     creating(t.Context(), (*Project).Rooms, RoomSpec{Name: markup, Metadata: Object{"a": markup}}),
		"a service":  creating(t.Context(), (*Project).Services, ServiceSpec{Metadata: ServiceMetadata{Name: "x", Annotations: annotations}, Without: []string{"container"}}),
		"a template": creating(t.Context(), (*Project).Services, ServiceFromTemplate("n", markup, map[string]string{"x": markup})),
		"a route":    creating(t.Context(), (*Project).Routes, RouteSpec{Domain: "x", Metadata: RouteMetadata{Annotations: annotations}}),
		"a file":     creating(t.Context(), (*Project).Files, FileSpec{Path: "x", Data: []byte(markup)}), // it has no schema
		"a feed":     creating(t.Context(), (*Project).Feeds, FeedSpec{Name: "x", Annotations: annotations, MessageSchema: json.RawMessage(`{"a": "<&>"}`)}),
		"a grant": creating(t.Context(), (*Project).RoomGrants, RoomGrantSpec{
			RoomID: "r", UserID: "u", Permissions: &APIScope{Queues: &QueuesGrant{Send: []string{markup}}},
		}),
	} {
		var sent string
		send(answering(t, func(w http.ResponseWriter, r *http.Request) {
			text, _ := io.ReadAll(r.Body)
			sent = string(text)
			_, _ = io.WriteString(w, "{}")
		}).Project("p"))
		if !strings.Contains(sent, markup) || strings.Contains(sent, `\u00`) {
			t.Errorf("%s: %s", name, sent)
		}
	}
	if got := string(CanonicalSecret(SecretKeys, []byte(`{"a": "\u003c&>"}`))); got != `{"a":"<&>"}` {
		t.Errorf("a secret: %s", got)
	}
}
