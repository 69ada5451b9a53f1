// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"encoding/json"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// serviceAgents maps the agents of a service.
func serviceAgents(specs []v1alpha1.ServiceAgent) ([]meshagent.ServiceAgent, error) {
	var mapped []meshagent.ServiceAgent
	for _, spec := range specs {
		channels, err := agentChannels(spec.Name, spec.Channels)
		if err != nil {
			return nil, err
		}
		mapped = append(mapped, meshagent.ServiceAgent{
			Name: spec.Name, Description: spec.Description, Annotations: spec.Annotations,
			Channels: channels, Email: (*meshagent.AgentEmail)(spec.Email), Heartbeat: heartbeat(spec.Heartbeat),
		})
	}
	return mapped, nil
}

func agentChannels(agent string, spec *v1alpha1.AgentChannels) (*meshagent.AgentChannels, error) {
	if spec == nil {
		return nil, nil //nolint:nilnil // it is not an error to have no channels
	}
	mapped := &meshagent.AgentChannels{
		Email: converted(spec.Email, func(c v1alpha1.EmailChannel) meshagent.EmailChannel {
			return meshagent.EmailChannel{Address: c.Address, Private: c.Private, Annotations: c.Annotations}
		}),
		Messaging: converted(spec.Messaging, messagingChannel),
		Toolkit: converted(spec.Toolkit, func(c v1alpha1.ToolkitChannel) meshagent.ToolkitChannel {
			return meshagent.ToolkitChannel{Name: c.Name, Annotations: c.Annotations}
		}),
	}
	for _, channel := range spec.Queue {
		queue := meshagent.QueueChannel{Queue: channel.Queue, ThreadingMode: threadingWords.wire(channel.ThreadingMode), Annotations: channel.Annotations}
		if channel.MessageSchema != nil {
			if err := json.Unmarshal(channel.MessageSchema.Raw, &queue.MessageSchema); err != nil {
				return nil, verdict.Invalid(msgBadSchema, channel.Queue, agent, err)
			}
		}
		mapped.Queue = append(mapped.Queue, queue)
	}
	return mapped, nil
}

func messagingChannel(spec v1alpha1.MessagingChannel) meshagent.MessagingChannel {
	return meshagent.MessagingChannel{
		Protocol: spec.Protocol, Annotations: spec.Annotations,
		Prompts: converted(spec.Prompts, func(p v1alpha1.PromptTemplate) meshagent.PromptTemplate {
			return meshagent.PromptTemplate{Name: p.Name, Description: p.Description, Prompt: p.Prompt, Annotations: p.Annotations}
		}),
	}
}

func heartbeat(spec *v1alpha1.AgentHeartbeat) *meshagent.AgentHeartbeat {
	if spec == nil {
		return nil
	}
	return &meshagent.AgentHeartbeat{
		Queue: spec.Queue, ThreadID: spec.ThreadID, Minutes: int64(spec.Minutes),
		Prompt: converted(spec.Prompt, func(content v1alpha1.AgentContent) meshagent.AgentContent {
			return meshagent.AgentContent{Type: contentTypeWords.wire(content.Type), Text: content.Text, URL: content.URL, Name: content.Name}
		}),
	}
}
