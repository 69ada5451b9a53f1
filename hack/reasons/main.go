// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Command reasons prints docs/reasons.md: make docs.
package main

import (
	"fmt"

	"github.com/meshagent/meshagent-operator/internal/reasons"
)

func main() { fmt.Print(reasons.Markdown()) }
