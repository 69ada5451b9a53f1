// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/config"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/loaders"
	"go.yaml.in/yaml/v3"
)

// The annotations that keep a template and its values with the rendered service.
const (
	templateSource = "meshagent.service.template.yaml"
	templateValues = "meshagent.service.template.values"
)

// TemplateCheck is how strictly the server checks a template and its values.
type TemplateCheck int

const (
	// CheckDeclared requires a value for each declared variable that is not optional. If the
	// variable has an enumeration, the value must be in it. Names that are not declared render as
	// nothing.
	CheckDeclared TemplateCheck = iota
	// CheckNothing renders variables without a value as nothing, as the SDK does.
	CheckNothing
	// CheckAll also rejects names that are not declared.
	CheckAll
)

// serviceFromTemplate renders the template of a request into a service.
func (c *call) serviceFromTemplate(body document) (document, error) {
	doc, err := c.render(body)
	if err != nil {
		return nil, err
	}
	delete(doc, "variables")
	doc["kind"] = "Service"
	metadata, _ := doc["metadata"].(document)
	annotations, _ := metadata["annotations"].(document)
	if annotations == nil {
		annotations = document{}
		metadata["annotations"] = annotations
	}
	annotations[templateSource] = body["template"]
	annotations[templateValues] = string(encode(body["values"]))
	if err := c.s.validator.CheckSchema("ServiceSpec", doc); err != nil {
		return nil, invalid("template: %v", err)
	}
	return doc, nil
}

// render does what the SDK does to preview a template. It renders the whole text, parses the
// result, and renders scalars with the tag !template once more. assumed: the server does the same,
// so that a value can add structure to the document.
func (c *call) render(body document) (document, error) {
	given, _ := body["values"].(document)
	values := maps.Clone(given)
	if values == nil {
		values = document{}
	}
	source, check := text(body, "template"), c.s.behavior.Templates
	rendered, err := jinja(source, values, false)
	if err != nil {
		return nil, err
	}
	node, err := parseYAML(rendered)
	if err != nil {
		return nil, err
	}
	if check != CheckNothing {
		if err := checkValues(node, values); err != nil {
			return nil, err
		}
	}
	if check == CheckAll {
		if _, err := jinja(source, values, true); err != nil {
			return nil, err
		}
	}
	if err := renderTagged(node, values); err != nil {
		return nil, err
	}
	return c.template(node)
}

// template returns the document of a rendered template.
func (c *call) template(node *yaml.Node) (document, error) {
	var decoded any
	if err := node.Decode(&decoded); err != nil {
		return nil, invalid("template: is not YAML")
	}
	raw, err := json.Marshal(decoded)
	if err != nil {
		return nil, invalid("template: keys must be strings")
	}
	out, _ := decode(raw)
	if err := c.s.validator.CheckSchema("ServiceTemplateSpec", out); err != nil {
		return nil, invalid("template: %v", err)
	}
	doc, _ := out.(document)
	return doc, nil
}

func parseYAML(source string) (*yaml.Node, error) {
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(source), &node); err != nil {
		return nil, invalid("template: is not YAML")
	}
	return &node, nil
}

// checkValues compares the values with the variables that the template declares. It gives optional
// variables without a value an empty one.
func checkValues(node *yaml.Node, values document) error {
	var declared struct {
		Variables []struct {
			Name     string   `yaml:"name"`
			Optional bool     `yaml:"optional"`
			Enum     []string `yaml:"enum"`
		} `yaml:"variables"`
	}
	_ = node.Decode(&declared) // the schema checks it
	for _, v := range declared.Variables {
		value, ok := values[v.Name].(string)
		switch {
		case !ok && !v.Optional:
			return invalid("values.%s: is missing", v.Name)
		case !ok:
			values[v.Name] = ""
		case len(v.Enum) > 0 && !slices.Contains(v.Enum, value):
			return invalid("values.%s: is not one of the allowed values", v.Name)
		}
	}
	return nil
}

// renderTagged renders the scalars with the tag !template, in place. The results are always
// strings.
func renderTagged(node *yaml.Node, values document) error {
	for _, child := range node.Content {
		if err := renderTagged(child, values); err != nil {
			return err
		}
	}
	if node.Kind != yaml.ScalarNode || !strings.HasPrefix(node.Tag, "!template") {
		return nil
	}
	rendered, err := jinja(node.Value, values, false)
	if err != nil {
		return err
	}
	node.Value, node.Tag, node.Style = rendered, "!!str", yaml.DoubleQuotedStyle
	return nil
}

// jinja renders a text. It loads no other templates, so include and import fail, which could read
// files of this machine.
func jinja(source string, values document, strict bool) (string, error) {
	const name = "/template"
	loader, err := loaders.NewMemoryLoader(map[string]string{name: source})
	if err != nil {
		return "", invalid("template: %v", err)
	}
	settings := config.New()
	settings.StrictUndefined = strict
	template, err := exec.NewTemplate(name, settings, loader, &exec.Environment{
		Context: exec.EmptyContext().Update(builtins.GlobalFunctions).Update(builtins.GlobalVariables),
		Filters: builtins.Filters, Tests: builtins.Tests, ControlStructures: builtins.ControlStructures, Methods: builtins.Methods,
	})
	if err != nil {
		return "", invalid("template: %v", innermost(err))
	}
	rendered, err := template.ExecuteToString(exec.NewContext(values))
	if err != nil {
		return "", invalid("template: %v", innermost(err))
	}
	return rendered, nil
}

// innermost omits gonja's outer message, which quotes the whole template.
func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
