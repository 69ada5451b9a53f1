// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// stored is where a server did not store what it was sent; "" if it did, as far as any kind's
// comparison may go. What the contract does not show in a resource is not stored so: but a text of
// several lines, a template, is kept somewhere.
func stored(schema *openapi3.Schema, sent, have any) string {
	if holder, ok := have.(map[string]any); ok {
		for name, value := range mapOf(sent) {
			if memberOf(schema, name) != nil {
				continue
			}
			if text, ok := value.(string); ok && strings.Contains(text, "\n") && !strings.Contains(asText(holder), strings.Trim(asText(text), `"`)) {
				return name
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mapOf(sent))) {
		if member := memberOf(schema, name); member != nil {
			if where := difference(name, member, mapOf(sent)[name], mapOf(have)[name], false); where != "" {
				return where
			}
		}
	}
	return ""
}

func mapOf(v any) map[string]any {
	object, _ := v.(map[string]any)
	return object
}

// difference is the same within a resource: numbers are their values, the order of lists and what
// is empty do not matter. Within permissions, which have presets in the contract, what is empty is
// something else than what is not there.
func difference(at string, schema *openapi3.Schema, sent, have any, permissions bool) string {
	permissions = permissions || extended(schema, "x-presets")
	switch sent := sent.(type) {
	case map[string]any:
		if _, ok := have.(map[string]any); !ok && permissions {
			return at
		}
		for _, name := range slices.Sorted(maps.Keys(sent)) {
			if where := difference(at+"."+name, memberOf(schema, name), sent[name], mapOf(have)[name], permissions); where != "" {
				return where
			}
		}
		return ""
	case []any:
		return listDifference(at, schema, sent, have, permissions)
	case json.Number:
		x, okX := new(big.Rat).SetString(sent.String())
		y, okY := new(big.Rat).SetString(fmt.Sprint(have))
		if okX && okY && x.Cmp(y) == 0 {
			return ""
		}
		return at
	}
	if sent == nil || sent == have || (sent == "" || sent == false) && have == nil || schema != nil && schema.Format == "byte" && samePayload(sent, have) {
		return ""
	}
	return at
}

func listDifference(at string, schema *openapi3.Schema, sent []any, have any, permissions bool) string {
	stored, ok := have.([]any)
	if len(sent) == 0 && len(stored) == 0 && (ok || !permissions) {
		return ""
	}
	if len(sent) != len(stored) {
		return at
	}
	for i, one := range sent {
		if !slices.ContainsFunc(stored, func(other any) bool { return difference(at, elementsOf(schema), one, other, permissions) == "" }) {
			return fmt.Sprintf("%s[%d]", at, i)
		}
	}
	return ""
}

func samePayload(a, b any) bool {
	decoded := func(v any) string {
		text, _ := v.(string)
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return text
		}
		if inner := parsed(string(raw)); inner != nil {
			return asText(inner)
		}
		return string(raw)
	}
	return decoded(a) == decoded(b)
}
