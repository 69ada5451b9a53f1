// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"fmt"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// serverSecret is a place in a MeshManagedAgent where an MCP server names a MeshSecret.
type serverSecret struct {
	server  string // its label
	ref     v1alpha1.IDReference
	ofAgent bool // it must be a secret of the agent
}

func (u serverSecret) resolved(in engine.Inputs) engine.Resolved {
	return in.Resolved(&v1alpha1.MeshSecret{}, u.ref.Resource())
}

// waits says that the secret is not in MeshAgent yet, or still in an agent that is gone. A secret
// whose ID is known counts, even if its MeshSecret is not Ready: what was complete stays complete.
func (u serverSecret) waits(agentID string, in engine.Inputs) bool {
	found := u.resolved(in)
	secret, ok := found.Object.(*v1alpha1.MeshSecret)
	return found.ID == "" || ok && agentID != "" && secret.Spec.AgentRef != nil && secret.Status.Parent != agentID
}

func secretsOfServer(server v1alpha1.AgentMCPServer) (uses []serverSecret) {
	if server.Authorization == nil {
		return nil
	}
	secret := server.Authorization.Secret
	if ref := secret.AgentMeshSecretRef; ref != nil {
		uses = append(uses, serverSecret{server.Label, *ref, true})
	}
	if user := secret.User; user != nil && user.OAuth != nil && user.OAuth.ClientMeshSecretRef != nil {
		uses = append(uses, serverSecret{server.Label, *user.OAuth.ClientMeshSecretRef, false})
	}
	return uses
}

func serverSecrets(agent *v1alpha1.MeshManagedAgent) (uses []serverSecret) {
	for _, toolkit := range agent.Spec.Toolkits {
		if toolkit.MCP == nil {
			continue
		}
		for _, server := range toolkit.MCP.Servers {
			uses = append(uses, secretsOfServer(server)...)
		}
	}
	return uses
}

// secretsOfServers are the MeshSecrets that an agent refers to.
func secretsOfServers(agent *v1alpha1.MeshManagedAgent) []v1alpha1.ResourceReference {
	return converted(serverSecrets(agent), func(use serverSecret) v1alpha1.ResourceReference { return use.ref.Resource() })
}

// waitsFor is the MeshSecret that an MCP server waits for; "" if there is none.
func waitsFor(server v1alpha1.AgentMCPServer, in engine.Inputs) string {
	for _, use := range secretsOfServer(server) {
		if use.waits("", in) {
			return string(use.ref.Name)
		}
	}
	return ""
}

// serversWaiting says which MCP server waits for its secret, and how many others do; "" if none
// does.
func serversWaiting(agent *v1alpha1.MeshManagedAgent, agentID string, in engine.Inputs) (message string) {
	others := 0
	for _, use := range serverSecrets(agent) {
		switch {
		case !use.waits(agentID, in):
		case message == "":
			message = fmt.Sprintf(msgServerWaits, use.server, use.ref.Name)
		default:
			others++
		}
	}
	if others > 0 {
		message += fmt.Sprintf(msgServersWait, others)
	}
	return message
}

// checkServerSecrets refuses secrets that the agent can never use. Whether a MeshSecret that names
// its agent by an ID, or by a name in MeshAgent, is one of this agent shows when it is there.
func checkServerSecrets(agent *v1alpha1.MeshManagedAgent, in engine.Inputs) error {
	for _, use := range serverSecrets(agent) {
		secret, ok := use.resolved(in).Object.(*v1alpha1.MeshSecret)
		if !ok {
			continue // only its ID is known
		}
		of := secret.Spec.AgentRef
		switch {
		case of == nil && !use.ofAgent:
		case of == nil:
			return verdict.Invalid(msgNotOfAgent, use.server, use.ref.Name, whose(secret))
		case of.Name != "" && string(of.Name) != agent.Name:
			return verdict.Invalid(msgNotOfAgent, use.server, use.ref.Name, fmt.Sprintf("a secret of MeshManagedAgent %q", of.Name))
		case of.ExternalName != "" && of.ExternalName != nameOr(agent.Spec.Name, agent):
			return verdict.Invalid(msgNotOfAgent, use.server, use.ref.Name, fmt.Sprintf("a secret of agent %q", of.ExternalName))
		}
	}
	return nil
}
