// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Annotations that keep a template and its values with the rendered service.
const (
	templateSource = "meshagent.service.template.yaml"
	templateValues = "meshagent.service.template.values"
)

var (
	placeholder = regexp.MustCompile(`\{\{-?\s*(.*?)\s*-?\}\}`)
	identifier  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	stand       = regexp.MustCompile("\uE000[0-9]+\uE001")
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

// render fills in the placeholders {{ name }} of a template. Other Jinja is
// refused. The YAML is parsed with stand-ins for the placeholders, so that a
// value cannot add structure of its own.
func (c *call) render(body document) (document, error) {
	source := text(body, "template")
	if strings.Contains(source, "{%") {
		return nil, invalid("template: the simulator renders {{ name }} only")
	}
	var names []string
	source = placeholder.ReplaceAllStringFunc(source, func(match string) string {
		names = append(names, placeholder.FindStringSubmatch(match)[1])
		return fmt.Sprintf("\uE000%d\uE001", len(names)-1)
	})
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(source), &node); err != nil {
		return nil, invalid("template: is not YAML")
	}
	values, err := templateInput(&node, names, body)
	if err != nil {
		return nil, err
	}
	fillIn(&node, values)
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

// templateInput returns the value of each placeholder, in their order.
func templateInput(node *yaml.Node, names []string, body document) ([]string, error) {
	var declared struct {
		Variables []struct {
			Name     string   `yaml:"name"`
			Optional bool     `yaml:"optional"`
			Enum     []string `yaml:"enum"`
		} `yaml:"variables"`
	}
	_ = node.Decode(&declared) // the schema judges it
	given, _ := body["values"].(document)
	optional := map[string]bool{}
	for _, v := range declared.Variables {
		value, ok := given[v.Name].(string)
		optional[v.Name] = v.Optional
		switch {
		case !ok && !v.Optional:
			return nil, invalid("values.%s: is missing", v.Name)
		case ok && len(v.Enum) > 0 && !slices.Contains(v.Enum, value):
			return nil, invalid("values.%s: is not one of the allowed values", v.Name)
		}
	}
	var values []string
	for _, name := range names {
		value, ok := given[name].(string)
		switch {
		case !identifier.MatchString(name):
			return nil, invalid("template: the simulator renders {{ name }} only")
		case !ok && !optional[name]:
			return nil, invalid("values.%s: is missing", name)
		}
		values = append(values, value)
	}
	return values, nil
}

// fillIn replaces the stand-ins in all scalars. A plain scalar that is nothing
// but a placeholder takes the type that its value looks like, as in YAML that
// was rendered as text; all others are strings.
func fillIn(node *yaml.Node, values []string) {
	for _, child := range node.Content {
		fillIn(child, values)
	}
	if node.Kind != yaml.ScalarNode {
		return
	}
	whole := stand.FindString(node.Value) == node.Value && node.Style == 0
	found := false
	node.Value = stand.ReplaceAllStringFunc(node.Value, func(match string) string {
		found = true
		i, err := strconv.Atoi(strings.Trim(match, "\uE000\uE001"))
		if err != nil || i >= len(values) {
			return match
		}
		return values[i]
	})
	switch {
	case node.Tag == "!template":
		node.Tag, node.Style = "!!str", yaml.DoubleQuotedStyle
	case found && whole:
		node.Tag = ""
	}
}
