// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command words finds words that the project does not use, in everything that people read:
// documentation, comments, messages, the chart. CONTRIBUTING.md lists them. Vale can do more, but
// its build needs a C compiler, which this project does not require.
//
//	go run ./hack/words $(git ls-files)
package main

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// generated are copies of texts that are checked in their source.
var generated = []string{"config/crd/bases/", "charts/meshagent-operator/files/crds/", "docs/reference.md", "docs/reasons.md", "zz_generated", "config/prometheus/rules.yaml"}

// foreign are texts that others wrote, or that must contain the words.
var foreign = []string{"/testdata/", "LICENSE", "go.sum", "go.mod", "hack/words/", "test/contract/openapi.yaml"}

func main() {
	found := 0
	for _, path := range os.Args[1:] {
		if contains(path, generated) || contains("/"+path, foreign) {
			continue
		}
		text, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			fmt.Fprintln(os.Stderr, "words:", err)
			os.Exit(1)
		}
		for _, line := range texts(path, text) {
			for _, wrong := range find(line.text) {
				fmt.Printf("%s:%d: %s\n", path, line.number, wrong)
				found++
			}
		}
	}
	if found > 0 {
		fmt.Printf("words: %d to be replaced\n", found)
		os.Exit(1)
	}
}

func contains(path string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// line is a line of text for people.
type line struct {
	number int
	text   string
}

// texts returns the lines of a file. For Go, it returns only the lines of comments and strings.
func texts(path string, content []byte) (all []line) {
	if bytes.IndexByte(content, 0) >= 0 {
		return nil // not text
	}
	if filepath.Ext(path) != ".go" {
		return lines(1, string(content))
	}
	files := token.NewFileSet()
	file := files.AddFile(path, files.Base(), len(content))
	var scan scanner.Scanner
	scan.Init(file, content, nil, scanner.ScanComments)
	for {
		at, kind, text := scan.Scan()
		switch kind { //nolint:exhaustive // the rest is code
		case token.EOF:
			return all
		case token.COMMENT, token.STRING:
			all = append(all, lines(file.Line(at), text)...)
		}
	}
}

func lines(first int, text string) (all []line) {
	for i, one := range strings.Split(text, "\n") {
		all = append(all, line{first + i, one})
	}
	return all
}
