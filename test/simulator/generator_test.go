// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// generator builds values that are valid by a schema, with every optional
// member present.
type generator struct {
	// pick selects among alternatives in turn.
	pick int
	// fixed are values by the end of their path, such as "backend.room.name". Longer ends win. The
	// value omit omits the member.
	fixed map[string]any
}

// omit marks members to omit.
type omit struct{}

func (g *generator) value(s *openapi3.Schema, path string) any {
	if len(s.Enum) > 0 {
		return s.Enum[g.pick%len(s.Enum)]
	}
	if v, ok := g.override(path); ok {
		return v
	}
	switch {
	case len(s.OneOf) > 0 && s.Type == nil:
		return g.value(s.OneOf[g.pick%len(s.OneOf)].Value, path)
	case len(s.AllOf) == 1:
		return g.value(s.AllOf[0].Value, path)
	case s.Type.Is(openapi3.TypeString):
		return g.text(s)
	case s.Type.Is(openapi3.TypeBoolean):
		return true
	case s.Type.Is(openapi3.TypeInteger), s.Type.Is(openapi3.TypeNumber):
		return 7
	case s.Type.Is(openapi3.TypeArray):
		if s.MaxItems != nil && *s.MaxItems == 0 {
			return []any{}
		}
		return []any{g.value(s.Items.Value, path+"[]")}
	case s.Type.Is(openapi3.TypeObject):
		return g.object(s, path)
	}
	return document{"anything": []any{1, nil, "x"}}
}

func (g *generator) object(s *openapi3.Schema, path string) document {
	out := document{}
	for name, ref := range s.Properties {
		if v := g.value(ref.Value, path+"."+name); v != (omit{}) {
			out[name] = v
		}
	}
	if extra := s.AdditionalProperties; extra.Schema != nil {
		out["key"] = g.value(extra.Schema.Value, path+".key")
	} else if extra.Has != nil && *extra.Has {
		out["key"] = document{"nested": nil}
	}
	return out
}

func (g *generator) text(s *openapi3.Schema) string {
	switch {
	case s.Format == "byte":
		return "dmFsdWU="
	case s.Pattern == "^/":
		return "/path"
	}
	return "text"
}

func (g *generator) override(path string) (any, bool) {
	endings := slices.SortedFunc(maps.Keys(g.fixed), func(a, b string) int { return len(b) - len(a) })
	for _, ending := range endings {
		if path == ending || strings.HasSuffix(path, "."+ending) {
			return g.fixed[ending], true
		}
	}
	return nil, false
}
