// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Generation is a set of routes and documents that a server has as a whole.
type Generation string

// The generations of the API. This client speaks the first.
const (
	Generation044 Generation = "0.44"
	// Generation045 covers 0.45.0 and all later versions known so far.
	Generation045 Generation = "0.45"
)

// API is what a server speaks. The zero API means that the server was not asked yet.
type API struct {
	Generation Generation
	// Version is the text that GET /config reports, unchanged. It is "" if the server reports none.
	Version string
}

// Spoken is true if this client speaks the generation of the server. Before the server is asked,
// the client assumes that.
func (a API) Spoken() bool { return a.Generation == "" || a.Generation == Generation044 }

// Tested is true if the version belongs to the generation in use, so that the server has all routes
// of the contract. A newer server, or one that reports no version, may lack some.
func (a API) Tested() bool {
	v, ok := parseVersion(a.Version)
	return ok && v.generation() == Generation044 && a.Spoken()
}

// Newer is true if the version belongs to a later generation than the one in use.
func (a API) Newer() bool {
	v, ok := parseVersion(a.Version)
	return ok && v.generation() != Generation044 && a.Spoken()
}

// String names the server: "MeshAgent 0.50.1".
func (a API) String() string { return strings.TrimSpace("MeshAgent " + a.Version) }

// Feature is something that servers have from one version on, until another.
type Feature struct {
	Noun        string // in the plural: "room grants"
	From, Until string // versions; "" means no bound
}

// The features that kinds need and not every generation has.
var (
	RoomGrants      = Feature{Noun: "room grants", Until: "0.45"}
	AgentGrants     = Feature{Noun: "agent grants", Until: "0.45"}
	AgentRoomGrants = Feature{Noun: "agent room grants", Until: "0.45"}
	RoomSecrets     = Feature{Noun: "room secrets", Until: "0.45"}
	AgentSecrets    = Feature{Noun: "agent secrets", Until: "0.45"}
	ProjectSettings = Feature{Noun: "project settings", Until: "0.45"}
	Webhooks        = Feature{Noun: "webhooks", Until: "0.45"}
	Shares          = Feature{Noun: "shares", Until: "0.45"}
	ExternalOAuth   = Feature{Noun: "external OAuth registrations", Until: "0.45"}
)

// Has is true if the server has a feature. A server of unknown version counts as having the
// features of every version of its generation.
func (a API) Has(f Feature) bool {
	first, last := a.versions()
	from, _ := parseVersion(f.From)
	until, ends := parseVersion(f.Until)
	return from.compare(last) <= 0 && (!ends || first.compare(until) < 0)
}

// versions returns the first and the last version that the server can have.
func (a API) versions() (first, last version) {
	generation := a.Generation
	if generation == "" {
		generation = Generation044
	}
	if v, ok := parseVersion(a.Version); ok && v.generation() == generation {
		return v, v
	}
	if generation == Generation044 {
		return version{}, version{0, 44, math.MaxInt}
	}
	return cut, version{math.MaxInt}
}

// version is major, minor and patch.
type version [3]int

// cut is where the second generation begins.
var cut = version{0, 45}

func (v version) compare(other version) int { return slices.Compare(v[:], other[:]) }

func (v version) generation() Generation {
	if v.compare(cut) < 0 {
		return Generation044
	}
	return Generation045
}

// parseVersion reads "0.44.13", "v0.50", "0.50.1-rc.2" and the like.
func parseVersion(text string) (v version, ok bool) {
	text, _, _ = strings.Cut(strings.TrimPrefix(strings.TrimSpace(text), "v"), "-")
	text, _, _ = strings.Cut(text, "+")
	parts := strings.Split(text, ".")
	if len(parts) < 2 || len(parts) > len(v) {
		return version{}, false
	}
	for i, part := range parts {
		number, err := strconv.ParseUint(part, 10, 31)
		if err != nil {
			return version{}, false
		}
		v[i] = int(number)
	}
	return v, true
}
