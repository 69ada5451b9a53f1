// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package chart_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/meshagent/meshagent-operator/test/harness"
)

// aLogger is what a logger is called in the source.
var aLogger = regexp.MustCompile(`(?i)\blog|logger`)

// logMessages are all messages that the source logs, with their level.
func logMessages() []string {
	GinkgoHelper()
	files := []string{harness.Path("main.go")}
	Expect(filepath.WalkDir(harness.Path("internal"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return err
	})).To(Succeed())
	var all []string
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		Expect(err).NotTo(HaveOccurred())
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				if message := logMessage(path, call); message != "" {
					all = append(all, message)
				}
			}
			return true
		})
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// logMessage is what a call logs, with the level; "" if it does not log.
func logMessage(path string, call *ast.CallExpr) string {
	GinkgoHelper()
	function, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	logger, level, at := types.ExprString(function.X), strings.ToLower(function.Sel.Name), 0
	switch level {
	case "info":
	case "error":
		at = 1
	default:
		return ""
	}
	if !aLogger.MatchString(logger) {
		return ""
	}
	if strings.Contains(logger, ".V(") {
		level = "debug"
	}
	Expect(len(call.Args)).To(BeNumerically(">", at), path)
	literal, ok := call.Args[at].(*ast.BasicLit)
	Expect(ok).To(BeTrue(), "%s: %s logs a message that is not constant", path, logger)
	message, err := strconv.Unquote(literal.Value)
	Expect(err).NotTo(HaveOccurred())
	Expect(message).To(MatchRegexp(`^[A-Z][^:.]+$`), "a message is one sentence, and what changes is in keys")
	return level + ": " + message
}
