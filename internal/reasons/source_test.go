// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package reasons

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// declarations are the constants of the API whose names begin with Reason, Event or Condition, with
// their values.
type declarations map[string]string

type set map[string]bool

// findings are what the source can produce.
type findings struct {
	reasons  map[string]set // the conditions of each
	events   map[string]set // the types of each
	mistakes []string
}

func constants(t *testing.T) declarations {
	t.Helper()
	declared := declarations{}
	for _, file := range []string{"conditions.go", "events.go"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "api", "v1alpha1", file))
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parse(t, token.NewFileSet(), file, string(text)), func(node ast.Node) bool {
			if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
					declared[spec.Names[0].Name], _ = strconv.Unquote(literal.Value)
				}
			}
			return true
		})
	}
	return declared
}

func parse(t *testing.T, files *token.FileSet, name, text string) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// readProgram reads all of the operator but this package.
func readProgram(t *testing.T, declared declarations) findings {
	t.Helper()
	found := findings{reasons: map[string]set{}, events: map[string]set{}}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || filepath.Dir(path) == filepath.Join("..", "reasons") {
			return err
		}
		text, err := os.ReadFile(path)
		found.read(t, declared, path, string(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// read notes what a file can produce. What only compares a reason does not produce it.
func (f *findings) read(t *testing.T, declared declarations, path, text string) {
	t.Helper()
	files := token.NewFileSet()
	file := parse(t, files, path, text)
	compared := map[ast.Expr]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.BinaryExpr:
			compared[node.X], compared[node.Y] = true, true
		case *ast.CaseClause:
			for _, one := range node.List {
				compared[one] = true
			}
		case *ast.CallExpr:
			f.readCall(declared, files, node)
		case *ast.CompositeLit:
			f.readLiteral(declared, node)
		case *ast.SelectorExpr:
			if name := declared.named(node, "Reason"); name != "" && !compared[node] {
				f.produce(name)
			}
		}
		return true
	})
}

func (f *findings) readCall(declared declarations, files *token.FileSet, call *ast.CallExpr) {
	name := ""
	switch function := call.Fun.(type) {
	case *ast.Ident:
		name = function.Name
	case *ast.SelectorExpr:
		name = function.Sel.Name
	}
	args := call.Args
	switch {
	case name == "Refuse" && len(args) > 0:
		f.produce(declared.named(args[0], "Reason"), v1alpha1.ConditionSynced, v1alpha1.ConditionStalled)
	case (name == "WaitFor" || name == "WaitAMoment") && len(args) > 0:
		f.produce(declared.named(args[0], "Reason"), v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling)
	case name == "set" && len(args) > 2:
		if condition := declared.named(args[0], "Condition"); condition != "" {
			f.produce(declared.named(args[2], "Reason"), condition)
		}
	case name == "event" && len(args) > 2:
		f.send(declared, files, args[0], Normal)
	case name == "warn" && len(args) > 2:
		f.send(declared, files, args[0], Warning)
	case name == "warnOf" && len(args) > 3:
		f.send(declared, files, args[1], Warning)
	}
}

// readLiteral reads problems, verdicts and results.
func (f *findings) readLiteral(declared declarations, literal *ast.CompositeLit) {
	if of, ok := literal.Type.(*ast.Ident); ok && of.Name == "result" {
		for _, element := range literal.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				element = pair.Value
			}
			f.produce(declared.named(element, "Reason"), v1alpha1.ConditionSynced)
		}
		return
	}
	class, reason := "", ""
	for _, element := range literal.Elts {
		pair, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch key, _ := pair.Key.(*ast.Ident); {
		case key == nil:
		case key.Name == "Reason":
			reason = declared.named(pair.Value, "Reason")
		case key.Name == "Class":
			switch value := pair.Value.(type) {
			case *ast.Ident:
				class = value.Name
			case *ast.SelectorExpr:
				class = value.Sel.Name
			}
		}
	}
	switch class {
	case "":
	case "Refused":
		f.produce(reason, v1alpha1.ConditionSynced, v1alpha1.ConditionStalled)
	default:
		f.produce(reason, v1alpha1.ConditionSynced, v1alpha1.ConditionReconciling)
	}
}

// named is the value of a constant of a sort; "" for all else.
func (d declarations) named(expression ast.Expr, sort string) string {
	if selector, ok := expression.(*ast.SelectorExpr); ok && strings.HasPrefix(selector.Sel.Name, sort) {
		return d[selector.Sel.Name]
	}
	return ""
}

func (f *findings) produce(reason string, conditions ...string) {
	if reason == "" {
		return
	}
	if f.reasons[reason] == nil {
		f.reasons[reason] = set{}
	}
	for _, condition := range conditions {
		f.reasons[reason][condition] = true
	}
}

func (f *findings) send(declared declarations, files *token.FileSet, name ast.Expr, kind string) {
	at := files.Position(name.Pos())
	event := declared.named(name, "Event")
	switch {
	case event != "":
		if f.events[event] == nil {
			f.events[event] = set{}
		}
		f.events[event][kind] = true
	case declared.named(name, "Reason") != "":
	case filepath.Base(at.Filename) == "outcome.go": // passes it on
	default:
		f.mistakes = append(f.mistakes, fmt.Sprintf("%s:%d: the name of an event is not a constant of api/v1alpha1/events.go", at.Filename, at.Line))
	}
}

// problems are where the tables and the code differ.
func problems(declared declarations, found findings) []string {
	said := found.mistakes
	rows := map[string][]string{}
	for _, group := range Groups {
		for _, reason := range group.Reasons {
			rows[reason.Name] = reason.Conditions
			if found.reasons[reason.Name] == nil {
				said = append(said, fmt.Sprintf("reason %q is explained, and nothing produces it", reason.Name))
			}
		}
	}
	for name, reason := range declared {
		if strings.HasPrefix(name, "Reason") && found.reasons[reason] == nil && rows[reason] == nil {
			said = append(said, fmt.Sprintf("reason %q is declared, and nothing produces it", reason))
		}
	}
	for reason, conditions := range found.reasons {
		if rows[reason] == nil {
			said = append(said, fmt.Sprintf("reason %q can appear, and no row explains it: add one to internal/reasons", reason))
			continue
		}
		for condition := range conditions {
			if !slices.Contains(rows[reason], condition) {
				said = append(said, fmt.Sprintf("reason %q can be on condition %s, and its row does not say so", reason, condition))
			}
		}
		for _, condition := range rows[reason] { // Ready repeats the reason of Synced
			if !conditions[condition] && condition != v1alpha1.ConditionReady {
				said = append(said, fmt.Sprintf("the row of reason %q names condition %s, on which nothing puts it", reason, condition))
			}
		}
	}
	return slices.Sorted(slices.Values(append(said, eventProblems(declared, found)...)))
}

func eventProblems(declared declarations, found findings) (said []string) {
	rows := map[string][]string{}
	for _, event := range Events {
		rows[event.Name] = event.Types
		if found.events[event.Name] == nil {
			said = append(said, fmt.Sprintf("event %q is explained, and nothing sends it", event.Name))
		}
		for _, kind := range event.Types {
			if sent := found.events[event.Name]; sent != nil && !sent[kind] {
				said = append(said, fmt.Sprintf("the row of event %q says %s, as which nothing sends it", event.Name, kind))
			}
		}
	}
	for name, event := range declared {
		if strings.HasPrefix(name, "Event") && found.events[event] == nil && rows[event] == nil {
			said = append(said, fmt.Sprintf("event %q is declared, and nothing sends it", event))
		}
	}
	for _, event := range slices.Sorted(maps.Keys(found.events)) {
		for kind := range found.events[event] {
			switch {
			case rows[event] == nil:
				said = append(said, fmt.Sprintf("event %q can be sent, and no row explains it: add one to internal/reasons", event))
			case !slices.Contains(rows[event], kind):
				said = append(said, fmt.Sprintf("event %q can be %s, and its row does not say so", event, kind))
			}
		}
	}
	return said
}
