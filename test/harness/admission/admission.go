// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package admission checks objects as the API server does, with the API server's own libraries for
// pruning, defaults, schemas and rules. It needs no API server, so a test can check thousands of
// objects. Suites compare it with a real API server.
package admission

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"
)

// Server checks objects of known kinds.
type Server struct {
	kinds map[schema.GroupVersionKind]*kind
}

// Load reads a folder of CustomResourceDefinitions.
func Load(folder string) (*Server, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("no definitions in %s: %w", folder, errors.Join(err, os.ErrNotExist))
	}
	s := &Server{map[schema.GroupVersionKind]*kind{}}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var definition apiextensionsv1.CustomResourceDefinition
		if err := yaml.UnmarshalStrict(text, &definition); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for _, version := range definition.Spec.Versions {
			gvk := schema.GroupVersionKind{Group: definition.Spec.Group, Version: version.Name, Kind: definition.Spec.Names.Kind}
			if s.kinds[gvk], err = newKind(gvk, definition.Spec.Names.Plural, version); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return s, nil
}

// Kinds returns the known kinds, each with its plural.
func (s *Server) Kinds() map[schema.GroupVersionKind]string {
	plurals := map[schema.GroupVersionKind]string{}
	for gvk, k := range s.kinds {
		plurals[gvk] = k.plural
	}
	return plurals
}

// Schema is what a kind's objects look like, nil for a kind that it does not know.
func (s *Server) Schema(gvk schema.GroupVersionKind) *structuralschema.Structural {
	if k, ok := s.kinds[gvk]; ok {
		return k.structural
	}
	return nil
}

// Create returns the API server's answer to the creation of an object. It rejects unknown fields.
// The object gets its stored form.
func (s *Server) Create(ctx context.Context, obj *unstructured.Unstructured) error {
	k, err := s.kindOf(obj)
	if err != nil {
		return err
	}
	if err := k.decode(obj); err != nil {
		return err
	}
	delete(obj.Object, "status") // a creation cannot set it
	k.setDefaults(obj)
	return k.validate(ctx, obj)
}

// Update returns the API server's answer to an update of an object.
func (s *Server) Update(ctx context.Context, obj, old *unstructured.Unstructured) error {
	k, err := s.kindOf(obj)
	if err != nil {
		return err
	}
	if err := k.decode(obj); err != nil {
		return err
	}
	if status, ok := old.Object["status"]; ok {
		obj.Object["status"] = status
	} else {
		delete(obj.Object, "status")
	}
	k.setDefaults(obj)
	return k.validateUpdate(ctx, obj, old)
}

func (s *Server) kindOf(obj *unstructured.Unstructured) (*kind, error) {
	k, ok := s.kinds[obj.GroupVersionKind()]
	if !ok {
		return nil, fmt.Errorf("no matches for kind %q in version %q", obj.GetKind(), obj.GetAPIVersion())
	}
	return k, nil
}
