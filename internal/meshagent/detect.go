// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"errors"
	"net/http"
	"path"
	"strings"
)

// Detect finds out which generation of the API the server speaks. last is the result of the last
// check.
//
// A version below 0.45 is enough. Otherwise a 200 from a witness decides. The witnesses are the
// project's role, which only servers of 0.44 have, and whoami, which is new in 0.45. Detect asks
// the other witness only if the route of the first is missing. Any other refusal, and any response
// that does not come from MeshAgent, changes nothing.
func (p *Project) Detect(ctx context.Context, last API) (Detected, error) {
	config, err := p.client.Config(ctx)
	if err != nil && last.Generation != "" {
		return Detected{API: last}, nil
	}
	found := Detected{API: API{Generation: Generation044, Version: config.Version}, Config: config}
	told, known := parseVersion(config.Version)
	if known && told.generation() == Generation044 && last.Spoken() {
		return found, nil
	}
	found.Generation, err = p.witnessed(ctx, last.Generation, known, &found)
	if found.Generation == "" {
		return Detected{}, err
	}
	if err != nil {
		found.API = last // nothing is decided
	}
	return found, nil
}

// Detected is what Detect found out.
type Detected struct {
	API
	Config Config // the zero Config if it cannot be read
	Role   *Role  // nil if it was not asked for
}

// witnessed returns the generation of the witness that answers 200. Otherwise it returns the last
// generation, with the witness's error. A server that was never checked counts as 0.44 in two
// cases: it has the role route and does not show the role, or it has no witness and reports no
// version.
func (p *Project) witnessed(ctx context.Context, last Generation, known bool, found *Detected) (Generation, error) {
	role, err := p.Role(ctx) // the witness of 0.44
	if err == nil {
		found.Role = &role
	}
	if err == nil || last == "" && status(err) == http.StatusForbidden {
		return Generation044, nil
	}
	if !MissesRoute(err) {
		return last, err
	}
	err = p.client.whoami(ctx)
	switch {
	case err == nil:
		return Generation045, nil
	case last == "" && !known && IsNotFound(err):
		return Generation044, nil
	}
	return last, err
}

// Confirm checks that MeshAgent answers in the generation that this client speaks. It returns the
// version that MeshAgent reports. If MeshAgent reports none, the witness must have the route.
func (p *Project) Confirm(ctx context.Context) (API, error) {
	config, err := p.client.Config(ctx)
	if err != nil {
		return API{}, err
	}
	told, known := parseVersion(config.Version)
	if known {
		return API{Generation: told.generation(), Version: config.Version}, nil
	}
	if _, err := p.Role(ctx); err != nil && status(err) != http.StatusForbidden {
		return API{}, err
	}
	return API{Generation: Generation044, Version: config.Version}, nil
}

// ReadParent reads the parent of a collection, so that a 404 of the collection is known not to be
// about its parent.
func (p *Project) ReadParent(ctx context.Context, template, collection string) error {
	return p.client.do(ctx, request{method: http.MethodGet, route: route{template: path.Dir(template), path: path.Dir(collection)}})
}

// whoami asks the witness of 0.45: GET /accounts/whoami.
func (c *Client) whoami(ctx context.Context) error {
	var answer struct {
		ID   string `json:"id"`
		Type string `json:"type"`
	}
	get := request{method: http.MethodGet, route: expand("/accounts/whoami"), out: &answer}
	err := c.do(ctx, get)
	if err == nil && (answer.ID == "" || answer.Type == "") {
		err = unexpected(get, "it names no caller")
	}
	return err
}

// MissesRoute is true if MeshAgent may not have the route, because it returned 404, 405, 410 or
// 501. A 404 can also be about the resource.
func MissesRoute(err error) bool {
	switch status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return true
	}
	return false
}

// DoubtsGeneration is true if an error is a reason to detect the API again: a missing route, or a
// list that continues in an unknown way. A 404 shows a missing route only directly below the
// project, where no parent can be missing.
func DoubtsGeneration(err error) bool {
	if errors.Is(err, ErrUnknownPaging) {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || !MissesRoute(err) {
		return false
	}
	collection, below := strings.CutPrefix(e.Route, projectRoute+"/")
	return e.Status != http.StatusNotFound || below && !strings.Contains(collection, "{")
}
