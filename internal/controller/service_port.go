// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"fmt"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// port maps a port of a service.
func port(spec v1alpha1.ServicePort) meshagent.ServicePort {
	mapped := meshagent.ServicePort{
		Type: portTypeWords.wire(spec.Type), Endpoints: converted(spec.Endpoints, endpoint), Liveness: spec.Liveness,
		Published: spec.Published, Public: spec.Public, Annotations: spec.Annotations,
	}
	if spec.Num != nil {
		mapped.Num = meshagent.Port(spec.Num.String())
	}
	if spec.HostPort != 0 {
		host := int64(spec.HostPort)
		mapped.HostPort = &host
	}
	return mapped
}

func endpoint(spec v1alpha1.ServiceEndpoint) meshagent.ServiceEndpoint {
	mapped := meshagent.ServiceEndpoint{Path: spec.Path, MCP: mcpEndpoint(spec.MCP), Annotations: spec.Annotations}
	if participant := spec.Meshagent; participant != nil {
		mapped.Meshagent = &meshagent.ParticipantEndpoint{Identity: participant.Identity, API: apiScope(participant.API)}
	}
	return mapped
}

func mcpEndpoint(spec *v1alpha1.MCPEndpoint) *meshagent.MCPEndpoint {
	if spec == nil {
		return nil
	}
	mapped := &meshagent.MCPEndpoint{
		Label: spec.Label, Description: spec.Description, Headers: spec.Headers,
		RequireApproval: approvalWords.wire(spec.RequireApproval), OpenAIConnectorID: spec.OpenAIConnectorID,
		AllowedTools: converted(spec.AllowedTools, func(filter v1alpha1.MCPToolFilter) meshagent.MCPToolFilter {
			return meshagent.MCPToolFilter(filter)
		}),
	}
	if oauth := spec.OAuth; oauth != nil {
		mapped.OAuth = &meshagent.OAuthClientConfig{
			ClientID: oauth.ClientID, AuthorizationEndpoint: oauth.AuthorizationEndpoint, TokenEndpoint: oauth.TokenEndpoint,
			NoPKCE: noPKCE(oauth.PKCE), Scopes: oauth.Scopes,
		}
	}
	return mapped
}

// clientSecrets are the secrets of the OAuth clients of MCP servers, which MeshAgent need not show.
func clientSecrets(service *v1alpha1.MeshService) (places []engine.WriteOnly) {
	for i, port := range service.Spec.Ports {
		for j, endpoint := range port.Endpoints {
			if endpoint.MCP == nil || endpoint.MCP.OAuth == nil {
				continue
			}
			number := "*" // what MeshAgent takes an unset one for
			if port.Num != nil {
				number = port.Num.String()
			}
			places = append(places, engine.WriteOnly{
				Path:  drift.Path{"ports", i, "endpoints", j, "mcp", "oauth", "client_secret"},
				Field: fmt.Sprintf("oauth.clientSecretRef of MCP server %q (port %s, path %q)", endpoint.MCP.Label, number, endpoint.Path),
				From:  endpoint.MCP.OAuth.ClientSecretRef,
			})
		}
	}
	return places
}
