// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"cmp"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// agentToolkit maps a toolkit of an agent. Servers whose secrets are not in MeshAgent yet are left
// out. If no server remains, the toolkit is left out, too.
func agentToolkit(spec v1alpha1.AgentToolkit, in engine.Inputs) (mapped meshagent.AgentToolkit, ok bool) {
	mapped.Type = toolkitTypeWords.wire(spec.Type)
	if image := spec.ImageGeneration; image != nil {
		mapped.Background, mapped.InputImageMaskURL = backgroundWords.wire(image.Background), image.InputImageMaskURL
		mapped.Model, mapped.Moderation = image.Model, image.Moderation
		mapped.OutputCompression, mapped.PartialImages = widened(image.OutputCompression), widened(image.PartialImages)
		mapped.OutputFormat = imageFormatWords.wire(image.OutputFormat)
		mapped.Quality, mapped.Size = imageQualityWords.wire(image.Quality), imageSizeWords.wire(image.Size)
	}
	if spec.MCP == nil {
		return mapped, true
	}
	for _, server := range spec.MCP.Servers {
		if waitsFor(server, in) == "" {
			mapped.Servers = append(mapped.Servers, agentMCPServer(server, in))
		}
	}
	return mapped, len(mapped.Servers) > 0
}

// widened is a number as the client has it; nil for an unset one.
func widened(number *int32) *int64 {
	if number == nil {
		return nil
	}
	return new(int64(*number))
}

func agentMCPServer(spec v1alpha1.AgentMCPServer, in engine.Inputs) meshagent.AgentMCPServer {
	mapped := meshagent.AgentMCPServer{
		ServerLabel: spec.Label, ServerURL: spec.URL, AllowedTools: spec.AllowedTools,
		RequireApproval:       approvalWords.wire(spec.RequireApproval),
		AlwaysRequireApproval: spec.AlwaysRequireApproval, NeverRequireApproval: spec.NeverRequireApproval,
		OpenAIConnectorID: spec.OpenAIConnectorID,
	}
	for _, header := range spec.Headers {
		one := meshagent.MCPHeader{Name: header.Name}
		if header.Value != nil {
			one.Value = *header.Value
		}
		mapped.Headers = append(mapped.Headers, one)
	}
	if authorization := spec.Authorization; authorization != nil {
		mapped.Authorization = &meshagent.MCPAuthorization{
			Type: authorizationWords.wire(authorization.Type), Name: authorization.Name, Secret: mcpSecret(authorization.Secret, in),
		}
	}
	return mapped
}

func mcpSecret(spec v1alpha1.MCPSecret, in engine.Inputs) meshagent.MCPSecret {
	id := func(ref v1alpha1.IDReference) string { return in.Resolved(&v1alpha1.MeshSecret{}, ref.Resource()).ID }
	if ref := spec.AgentMeshSecretRef; ref != nil {
		return meshagent.MCPSecret{Type: meshagent.MCPSecretOfAgent, SecretID: id(*ref)}
	}
	mapped := meshagent.MCPSecret{Type: meshagent.MCPSecretOfUser}
	user := spec.User
	if user == nil {
		return mapped
	}
	mapped.SecretName, mapped.Prompt = user.SecretName, user.Prompt
	if oauth := user.OAuth; oauth != nil {
		mapped.OAuth = &meshagent.OAuthSecretRequest{
			SecretName: cmp.Or(oauth.SecretName, user.SecretName), Scopes: oauth.Scopes,
			AuthorizationEndpoint: oauth.AuthorizationEndpoint, TokenEndpoint: oauth.TokenEndpoint,
			RegistrationEndpoint: oauth.RegistrationEndpoint, RedirectURI: oauth.RedirectURI,
			ClientID: oauth.ClientID, NoPKCE: noPKCE(oauth.PKCE),
		}
		if ref := oauth.ClientMeshSecretRef; ref != nil {
			mapped.OAuth.ClientSecretID = id(*ref)
		}
	}
	return mapped
}
