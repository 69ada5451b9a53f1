// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"fmt"
	"reflect"
	"strconv"
)

// fillDefaults sets the absent members of a document, at every depth, to the value of their tag
// default.
func fillDefaults(document any) { fill(reflect.ValueOf(document)) }

func fill(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // the rest has no members
	case reflect.Pointer:
		if !v.IsNil() {
			fill(v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Struct:
		for field, member := range v.Fields() {
			if value, ok := field.Tag.Lookup("default"); ok && member.IsZero() {
				setDefault(member, value)
			}
			fill(member)
		}
	}
}

func setDefault(member reflect.Value, value string) {
	switch member.Interface().(type) {
	case *bool:
		flag, err := strconv.ParseBool(value)
		if err != nil {
			panic(fmt.Sprintf("meshagent: the default %q is not a boolean", value))
		}
		member.Set(reflect.ValueOf(&flag))
	case *string:
		member.Set(reflect.ValueOf(&value))
	default:
		member.SetString(value)
	}
}
