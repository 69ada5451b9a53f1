// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

const (
	mediaJSON   = "application/json"
	mediaForm   = "application/x-www-form-urlencoded"
	mediaBinary = "application/octet-stream"
)

// CheckRequest checks the path parameters, the query and the body of a request.
func (rt *Route) CheckRequest(rawQuery, contentType string, body []byte) error {
	if err := rt.checkParams(rawQuery); err != nil {
		return err
	}
	ref := rt.Operation.RequestBody
	if ref == nil {
		if len(body) > 0 {
			return errors.New("request body: none is expected")
		}
		return nil
	}
	if len(body) == 0 && mediaType(contentType) != mediaBinary {
		if ref.Value.Required {
			return errors.New("request body: is missing")
		}
		return nil
	}
	schema, err := pick(ref.Value.Content, contentType)
	if err != nil {
		return fmt.Errorf("request %w", err)
	}
	if err := checkBody(schema, contentType, body); err != nil {
		return fmt.Errorf("request body: %w", err)
	}
	return nil
}

func (rt *Route) checkParams(rawQuery string) error {
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return errors.New("query: cannot be parsed")
	}
	known := map[string]bool{}
	for _, ref := range rt.Operation.Parameters {
		p := ref.Value
		values := query[p.Name]
		if p.In == openapi3.ParameterInPath {
			values = []string{rt.Params[p.Name]}
		} else {
			known[p.Name] = true
		}
		switch {
		case len(values) > 1:
			return fmt.Errorf("%s parameter %s: is given more than once", p.In, p.Name)
		case len(values) == 0 && p.Required:
			return fmt.Errorf("%s parameter %s: is missing", p.In, p.Name)
		case len(values) == 0:
			continue
		}
		if err := check(p.Schema.Value, paramValue(p.Schema.Value, values[0])); err != nil {
			return fmt.Errorf("%s parameter %s: %w", p.In, p.Name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		if !known[name] {
			return fmt.Errorf("query parameter %s: is not known", name)
		}
	}
	return nil
}

func paramValue(schema *openapi3.Schema, text string) any {
	if schema.Type.Is(openapi3.TypeInteger) {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	}
	return text
}

func mediaType(contentType string) string {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return contentType
	}
	return media
}

func pick(content openapi3.Content, contentType string) (*openapi3.Schema, error) {
	media := mediaType(contentType)
	entry, ok := content[media]
	if !ok {
		return nil, fmt.Errorf("content type %q: want %s", media, strings.Join(slices.Sorted(maps.Keys(content)), " or "))
	}
	if entry.Schema == nil {
		return &openapi3.Schema{}, nil
	}
	return entry.Schema.Value, nil
}

func checkBody(schema *openapi3.Schema, contentType string, body []byte) error {
	switch media := mediaType(contentType); media {
	case mediaJSON:
		value, err := decode(body)
		if err != nil {
			return err
		}
		if err := check(schema, value); err != nil {
			return err
		}
		return checkPayload(schema, value)
	case mediaForm:
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return errors.New("is not a form")
		}
		value := map[string]any{}
		for name := range form {
			value[name] = form.Get(name)
		}
		return check(schema, value)
	default: // text and binary content can be anything
		return nil
	}
}

// decode reads one JSON value. Its errors do not quote the text.
func decode(body []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		return nil, errors.New("is not JSON")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("has something after the JSON value")
	}
	return value, nil
}

// checkPayload checks data_base64 if the contract defines its bytes for the type of the secret
// (x-decoded-payload).
func checkPayload(schema *openapi3.Schema, value any) error {
	payloads, _ := schema.Extensions["x-decoded-payload"].(map[string]any)
	object, _ := value.(map[string]any)
	kind, _ := object["type"].(string)
	ref, ok := payloads[kind].(string)
	if !ok {
		return nil
	}
	v, err := Load()
	if err != nil {
		return err
	}
	data, _ := object["data_base64"].(string)
	raw, err := base64.StdEncoding.DecodeString(data)
	if err == nil {
		var decoded any
		if decoded, err = decode(raw); err == nil {
			err = check(v.doc.Components.Schemas[ref[strings.LastIndex(ref, "/")+1:]].Value, decoded)
		}
	}
	if err != nil {
		return fmt.Errorf("data_base64: content for type %s: %w", kind, err)
	}
	return nil
}
