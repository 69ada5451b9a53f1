// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package faults_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// describeStatus is the status of the object, but for what differs each time.
func (l *life) describeStatus() string {
	if l.IsGone(l.obj) {
		return "gone"
	}
	var status map[string]any
	text, err := json.Marshal(reflect.ValueOf(l.obj).Elem().FieldByName("Status").Interface())
	if err == nil {
		err = json.Unmarshal(text, &status)
	}
	if err != nil {
		l.Fatal(err)
	}
	delete(status, "lastHandledReconcileAt")
	return indented(status)
}

func indented(v any) string {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// describeHeld is what MeshAgent holds of the object: all of it, or only what the object sets.
func (l *life) describeHeld(held map[simulator.Foreign]string, onlyOwn bool) string {
	var all []string
	for where, text := range held {
		document := parsed(text)
		if onlyOwn {
			document = restricted(document, l.appliedFields())
		}
		all = append(all, where.Collection+" "+indented(document))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// appliedFields are the fields that the object says it has set.
func (l *life) appliedFields() any {
	own, ok := l.obj.(v1alpha1.Object)
	if !ok || l.IsGone(l.obj) || own.CommonStatus().AppliedFields == nil {
		return nil
	}
	return parsed(string(own.CommonStatus().AppliedFields.Raw))
}

// restricted is what of a document has a place among some fields, and marks. Some collections hold
// what callers write in a member spec.
func restricted(document, fields any) any {
	if holder, ok := document.(map[string]any); ok && holder["spec"] != nil {
		document = holder["spec"]
	}
	return within(document, fields)
}

func within(document, fields any) any {
	switch document := document.(type) {
	case map[string]any:
		set, _ := fields.(map[string]any)
		kept := map[string]any{}
		for name, value := range document {
			if strings.HasPrefix(name, ownMark) {
				kept[name] = value
			} else if inner := within(value, set[name]); set[name] != nil || inner != nil {
				kept[name] = inner
			}
		}
		if len(kept) == 0 && set == nil {
			return nil
		}
		return kept
	case []any:
		set, ok := fields.([]any)
		if !ok && fields == nil {
			return nil
		}
		kept := slices.Clone(document)
		for i := range kept {
			if ok && i < len(set) {
				kept[i] = within(kept[i], set[i])
			}
		}
		return kept
	}
	if fields == nil {
		return nil
	}
	return document
}

var (
	anyUUID = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)
	anyTime = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)`)
)

// anonymous puts words in place of what differs each time: ids of what was not there before, and
// times.
func (l *life) anonymous(text string) string {
	words := map[string]string{}
	for where := range l.before {
		words[where.ID] = where.ID
	}
	made := 0
	text = anyUUID.ReplaceAllStringFunc(text, func(id string) string {
		if words[id] == "" {
			made++
			words[id] = fmt.Sprintf("{uuid %d}", made)
		}
		return words[id]
	})
	return anyTime.ReplaceAllString(text, "{time}")
}
