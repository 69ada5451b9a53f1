// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshfiles,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshfiles/status,verbs=patch

// File keeps a file in the storage of a project.
var File = engine.Kind[*v1alpha1.MeshFile, meshagent.FileSpec, meshagent.File]{
	Object:      &v1alpha1.MeshFile{},
	Collection:  engine.InProject[*v1alpha1.MeshFile]((*meshagent.Project).Files),
	Undeletable: true,
	Sources: []engine.Source[*v1alpha1.MeshFile]{
		engine.FromSecrets(func(file *v1alpha1.MeshFile) (names []string) {
			if ref := file.Spec.Content.SecretKeyRef; ref != nil {
				names = append(names, string(ref.Name))
			}
			return names
		}),
		engine.FromConfigMaps(func(file *v1alpha1.MeshFile) (names []string) {
			if ref := file.Spec.Content.ConfigMapKeyRef; ref != nil {
				names = append(names, string(ref.Name))
			}
			return names
		}),
	},
	Desired: desiredFile,
	Hidden:  []string{"data_base64"},
	Report: func(file *v1alpha1.MeshFile, remote meshagent.File, _ engine.Inputs) string {
		file.Status.Size = new(int64(len(remote.Data)))
		return ""
	},
}

func desiredFile(file *v1alpha1.MeshFile, in engine.Inputs) (meshagent.FileSpec, error) {
	spec := meshagent.FileSpec{Path: file.Spec.Path, Data: []byte{}}
	content := file.Spec.Content
	var kind, name, key string
	var from engine.SourceData
	switch {
	case content.Text != nil:
		spec.Data = []byte(*content.Text)
		return spec, nil
	case content.ConfigMapKeyRef != nil:
		kind, name, key = "ConfigMap", string(content.ConfigMapKeyRef.Name), content.ConfigMapKeyRef.Key
		from = in.ConfigMap(name)
	case content.SecretKeyRef != nil:
		kind, name, key = "Secret", string(content.SecretKeyRef.Name), content.SecretKeyRef.Key
		from = in.Secret(name)
	}
	data, ok := from.Data[key]
	if !ok {
		return spec, verdict.Invalid(msgNoContent, kind, name, key, from.Keys())
	}
	spec.Data = append(spec.Data, data...)
	return spec, nil
}
