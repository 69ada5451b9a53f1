// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshllmloggers,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshllmloggers/status,verbs=patch

// LLMLogger writes the LLM requests of a project to a feed.
var LLMLogger = engine.Kind[*v1alpha1.MeshLLMLogger, meshagent.LLMLoggerSpec, meshagent.LLMLogger]{
	Object:     &v1alpha1.MeshLLMLogger{},
	Collection: engine.InProject[*v1alpha1.MeshLLMLogger]((*meshagent.Project).LLMLoggers),
	References: []engine.Reference[*v1alpha1.MeshLLMLogger]{
		engine.To(&v1alpha1.MeshFeed{}, func(logger *v1alpha1.MeshLLMLogger) []v1alpha1.ResourceReference {
			return []v1alpha1.ResourceReference{logger.Spec.FeedRef.Resource()}
		}),
	},
	Desired: func(logger *v1alpha1.MeshLLMLogger, in engine.Inputs) (meshagent.LLMLoggerSpec, error) {
		return meshagent.LLMLoggerSpec{
			FeedID:           in.Resolved(&v1alpha1.MeshFeed{}, logger.Spec.FeedRef.Resource()).ID,
			FilterExpression: logger.Spec.FilterExpression, Paused: logger.Spec.Paused, Annotations: logger.Spec.Annotations,
		}, nil
	},
	Defaults: &meshagent.LLMLoggerSpec{FilterExpression: new(""), Paused: new(false)},
}
