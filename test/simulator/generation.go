// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"

	"github.com/meshagent/meshagent-operator/test/contract"
)

// Server is the simulated MeshAgent. The zero Server is of generation 0.44, which the contract
// describes. Of a newer server, the simulator has only the differences: its version, its witness,
// the missing routes, and how its lists continue.
type Server struct {
	// Disabled says that the project is disabled.
	Disabled bool
	// Version is what GET /config reports. Defaults to DefaultVersion. From 0.45 on, GET
	// /accounts/whoami answers.
	Version string
	// HideVersion removes the version from GET /config.
	HideVersion bool
	// Gone is the status of the routes that SDK 0.45 no longer uses. Defaults to 404. It is unknown
	// whether a server returns 404, 405 or 410.
	Gone int
	// KeepsRoutes keeps the old routes on a newer server (assumed: some servers do so for a while).
	KeepsRoutes bool
	// TokenPages is the page size of a newer server. Its lists continue with a continuation_token,
	// whatever offset is requested (assumed). With 0, lists are as in 0.44.
	TokenPages int
}

// DefaultVersion is the version of a server of generation 0.44.
const DefaultVersion = "0.44.6"

// WithServer selects the simulated MeshAgent.
func WithServer(server Server) Option {
	return func(s *Simulator) { s.server = server }
}

// Upgrade replaces the simulated MeshAgent by another. Its data stay.
func (s *Simulator) Upgrade(server Server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
}

// newer is true if the server is of 0.45 or later.
func (s Server) newer() bool {
	major, rest, _ := strings.Cut(cmp.Or(s.Version, DefaultVersion), ".")
	minor, _, _ := strings.Cut(rest, ".")
	number, _ := strconv.Atoi(minor)
	return major != "0" || number >= 45
}

// version is what GET /config reports.
func (s Server) version() any {
	if s.HideVersion {
		return nil
	}
	return cmp.Or(s.Version, DefaultVersion)
}

// gone are the routes of 0.44 that SDK 0.45 no longer uses.
var gone = []string{
	"/role", "/room-grants", "/agent-grants", "/agent-room-grants", "/secrets", "/rooms/{room_name}/secrets", "/agents/{agent_id}/secrets",
	"/settings", "/webhooks", "/shares", "/external-oauth", "/rooms/{room_name}/external-oauth", "/api-keys",
}

// lacks is true if the server no longer has a route.
func (s Server) lacks(rt *contract.Route) bool {
	if !s.newer() || s.KeepsRoutes {
		return false
	}
	template := strings.TrimPrefix(rt.Template, "/accounts/projects/{project_id}")
	for _, route := range gone {
		if template == route || strings.HasPrefix(template, route+"/") {
			return true
		}
	}
	return false
}

// whoami answers the witness of newer servers.
func (c *call) whoami() *answer {
	const account = "5a000000-0000-4000-8000-000000000001" // the owner of the API key
	return jsonAnswer(document{"id": account, "email": "default@service.dev.api.meshagent.example", "type": "service_account"})
}

// overlay answers requests for routes that the contract does not have (a nil route), and those that
// a newer server answers otherwise than 0.44. It returns nil for all others.
func (c *call) overlay(r *http.Request, rt *contract.Route) (*answer, error) {
	server := c.s.server
	switch {
	case rt == nil:
		if server.newer() && r.Method == http.MethodGet && r.URL.Path == "/accounts/whoami" {
			return c.whoami(), nil
		}
		return nil, &failure{http.StatusNotFound, "no such path"}
	case server.lacks(rt):
		status := cmp.Or(server.Gone, http.StatusNotFound)
		return nil, &failure{status, http.StatusText(status)}
	}
	return nil, nil //nolint:nilnil // it answers as one of 0.44
}

// continued turns a list of 0.44 into one of a newer server.
func (c *call) continued(a *answer, err error) (*answer, error) {
	size := c.s.server.TokenPages
	if err != nil || size == 0 || !c.s.server.newer() || c.route.Method != http.MethodGet || c.route.Operation.Extensions["x-paginated"] == nil {
		return a, err
	}
	body, err := decode(a.body)
	list, ok := body.(document)
	if err != nil || !ok {
		return a, err
	}
	delete(list, "total")
	if rows, ok := list[c.listMember()].([]any); ok && len(rows) > size {
		list[c.listMember()], list["continuation_token"] = rows[:size], "page-2"
	}
	return jsonAnswer(list), nil
}
