// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// shown is how many problems of one body a violation names.
const shown = 3

// byteFormat is stricter than kin-openapi's format, which also accepts the URL-safe alphabet and
// missing padding. The contract requires standard base64.
var byteFormat = openapi3.NewCallbackValidator(func(s string) error {
	_, err := base64.StdEncoding.DecodeString(s)
	return err
})

// problem is one mistake in a JSON value. It never quotes the value.
type problem struct {
	path []string
	text string
}

func (p problem) String() string {
	if len(p.path) == 0 {
		return p.text
	}
	var b strings.Builder
	for i, part := range p.path {
		switch {
		case part != "" && strings.Trim(part, "0123456789") == "":
			fmt.Fprintf(&b, "[%s]", part)
		case i > 0:
			b.WriteString("." + part)
		default:
			b.WriteString(part)
		}
	}
	return b.String() + ": " + p.text
}

// check validates a decoded JSON value. It neither fills in defaults nor changes anything.
func check(schema *openapi3.Schema, value any) error {
	problems := visit(schema, value)
	if len(problems) == 0 {
		return nil
	}
	var texts []string
	for _, p := range problems {
		if text := p.String(); !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	if more := len(texts) - shown; more > 0 {
		texts = append(texts[:shown], fmt.Sprintf("and %d more", more))
	}
	return errors.New(strings.Join(texts, "; "))
}

func visit(schema *openapi3.Schema, value any) []problem {
	return problems(schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.WithStringFormatValidator("byte", byteFormat)))
}

func problems(err error) []problem {
	switch err := err.(type) { //nolint:errorlint // kin-openapi wraps alternatives, which explain looks at
	case nil:
		return nil
	case *openapi3.SchemaError:
		return explain(err)
	case openapi3.MultiError:
		var out []problem
		for _, e := range err {
			out = append(out, problems(e)...)
		}
		return out
	}
	return []problem{{text: "invalid value"}}
}

func explain(err *openapi3.SchemaError) []problem {
	path := err.JSONPointer()
	var inner []problem
	switch err.SchemaField {
	case "oneOf":
		if !errors.Is(err, openapi3.ErrOneOfConflict) {
			inner = closest(err.Schema.OneOf, err.Value)
		}
	case "anyOf":
		inner = closest(err.Schema.AnyOf, err.Value)
	case "allOf":
		for _, ref := range err.Schema.AllOf {
			inner = append(inner, visit(ref.Value, err.Value)...)
		}
	}
	for i := range inner {
		inner[i].path = slices.Concat(path, inner[i].path)
	}
	if len(inner) > 0 {
		return inner
	}
	return []problem{reword(err, path)}
}

// reword replaces the text of kin-openapi.
func reword(err *openapi3.SchemaError, path []string) problem {
	text := err.Reason
	switch err.SchemaField {
	case "required":
		text = "is missing"
	case "format": // kin-openapi's reason can quote the value
		text = "is not a valid " + err.Schema.Format
	case "properties":
		var name string
		if _, e := fmt.Sscanf(err.Reason, "property %q is unsupported", &name); e == nil {
			path, text = append(path, name), "is not a known field"
		}
	case "not":
		text = "has a value that is not allowed"
	}
	return problem{path: path, text: text}
}

// closest returns the problems of the best alternative: the one for the value's type with the
// fewest problems, at the greatest depth. kin-openapi lists the problems of every alternative, and
// most of those are about another kind of body.
func closest(alternatives openapi3.SchemaRefs, value any) []problem {
	var best []problem
	var bestScore [3]int
	for _, ref := range alternatives {
		got := visit(ref.Value, value)
		score := [3]int{0, len(got), -depth(got)}
		if !ref.Value.Type.Permits(jsonType(value)) {
			score[0] = 1
		}
		if best == nil || slices.Compare(score[:], bestScore[:]) < 0 {
			best, bestScore = got, score
		}
	}
	return best
}

func depth(problems []problem) (n int) {
	for _, p := range problems {
		n = max(n, len(p.path))
	}
	return n
}

func jsonType(value any) string {
	switch value.(type) {
	case string:
		return openapi3.TypeString
	case bool:
		return openapi3.TypeBoolean
	case []any:
		return openapi3.TypeArray
	case map[string]any:
		return openapi3.TypeObject
	case nil:
		return openapi3.TypeNull
	}
	return openapi3.TypeInteger
}
