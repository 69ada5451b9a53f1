// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// words are MeshAgent's words for the values of an enumeration.
type words[T ~string] map[T]string

// The words of all enumerations.
var (
	visibilityWords = words[v1alpha1.FeedVisibility]{
		v1alpha1.FeedPublic: "public", v1alpha1.FeedProject: "project", v1alpha1.FeedPrivate: "private",
	}
	pathTypeWords = words[v1alpha1.RoutePathType]{
		v1alpha1.RoutePathPrefix: "prefix", v1alpha1.RoutePathExact: "exact",
	}
	// secretTypeWords lack MeshSecretRaw: what MeshAgent has in its place is a media type.
	secretTypeWords = words[v1alpha1.MeshSecretType]{
		v1alpha1.MeshSecretKeys: meshagent.SecretKeys, v1alpha1.MeshSecretDocker: meshagent.SecretDocker,
	}
	containerTemplateWords = words[v1alpha1.ContainerTemplate]{
		v1alpha1.ContainerAgent: "agent", v1alpha1.ContainerNone: "none",
	}
	tokenRoleWords = words[v1alpha1.TokenRole]{
		v1alpha1.RoleUser: "user", v1alpha1.RoleAgent: "agent", v1alpha1.RoleTool: "tool",
	}
	portTypeWords = words[v1alpha1.PortType]{
		v1alpha1.PortHTTP: "http", v1alpha1.PortTCP: "tcp",
	}
	approvalWords = words[v1alpha1.ToolApproval]{
		v1alpha1.ApproveAlways: "always", v1alpha1.ApproveNever: "never",
	}
	threadingWords = words[v1alpha1.ThreadingMode]{
		v1alpha1.ThreadingDefaultNew: "default-new",
	}
	contentTypeWords = words[v1alpha1.ContentType]{
		v1alpha1.ContentText: "text", v1alpha1.ContentFile: "file", v1alpha1.ContentAudio: "audio",
	}
	modelProviderWords = words[v1alpha1.ModelProvider]{
		v1alpha1.ProviderOpenAI: "openai", v1alpha1.ProviderAnthropic: "anthropic",
	}
	threadIsolationWords = words[v1alpha1.ThreadIsolation]{
		v1alpha1.ThreadsGlobal: "global", v1alpha1.ThreadsParticipant: "participant",
	}
	toolkitTypeWords = words[v1alpha1.AgentToolkitType]{
		v1alpha1.ToolkitWebSearch: meshagent.ToolkitWebSearch, v1alpha1.ToolkitWebFetch: meshagent.ToolkitWebFetch,
		v1alpha1.ToolkitImageGeneration: meshagent.ToolkitImageGeneration, v1alpha1.ToolkitMCP: meshagent.ToolkitMCP,
	}
	authorizationWords = words[v1alpha1.MCPAuthorizationType]{
		v1alpha1.AuthorizationBearer: "bearer", v1alpha1.AuthorizationHeader: "header",
	}
	backgroundWords = words[v1alpha1.ImageBackground]{
		v1alpha1.BackgroundTransparent: "transparent", v1alpha1.BackgroundOpaque: "opaque", v1alpha1.BackgroundAuto: "auto",
	}
	imageFormatWords = words[v1alpha1.ImageFormat]{
		v1alpha1.ImagePNG: "png", v1alpha1.ImageWebP: "webp", v1alpha1.ImageJPEG: "jpeg",
	}
	imageQualityWords = words[v1alpha1.ImageQuality]{
		v1alpha1.QualityAuto: "auto", v1alpha1.QualityLow: "low", v1alpha1.QualityMedium: "medium", v1alpha1.QualityHigh: "high",
	}
	imageSizeWords = words[v1alpha1.ImageSize]{
		v1alpha1.SizeAuto: "auto", v1alpha1.SizeSquare: "1024x1024", v1alpha1.SizePortrait: "1024x1536", v1alpha1.SizeLandscape: "1536x1024",
	}
)

// wire is MeshAgent's word for a value; "" for an unset one.
func (w words[T]) wire(value T) string { return w[value] }

// shown is the value for MeshAgent's word, or the word itself if it has no value of its own.
func (w words[T]) shown(wire string) string {
	for value, word := range w {
		if word == wire {
			return string(value)
		}
	}
	return wire
}

// noPKCE is MeshAgent's flag for the use of PKCE; nil for an unset one.
func noPKCE(use v1alpha1.PKCE) *bool {
	if use == "" {
		return nil
	}
	return new(use == v1alpha1.PKCEDisabled)
}
