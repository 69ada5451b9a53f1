// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

//go:build !race

package simulator

const raceEnabled = false
