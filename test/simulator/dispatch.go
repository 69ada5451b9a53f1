// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"net/http"
	"net/url"
	"strings"
)

// operation carries out one operation of the contract.
type operation func(*call) (*answer, error)

// perform answers an authenticated and valid request for a known route.
func (c *call) perform() (*answer, error) {
	if op := operations[c.route.Operation.OperationID]; op != nil {
		return op(c)
	}
	path, item, err := c.target()
	if err != nil {
		return nil, err
	}
	if c.route.Method == http.MethodGet {
		if item == nil {
			return c.list(path, nil)
		}
		return c.reply(item, fetched), nil
	}
	return c.change(path, item)
}

func (c *call) change(path string, item *record) (*answer, error) {
	if guard := c.st.table(path).kind.guard; guard != nil {
		if err := guard(c, path, item); err != nil {
			return nil, err
		}
	}
	switch c.route.Method {
	case http.MethodPost:
		return c.post(path)
	case http.MethodPut:
		next, err := c.update(item, c.object())
		if err != nil {
			return nil, err
		}
		return c.reply(next, updated), nil
	default:
		if err := c.remove(item); err != nil {
			return nil, err
		}
		return c.done(), nil
	}
}

// target follows the path of the call to a collection of the project. If the path ends in a
// parameter, it also returns the document.
func (c *call) target() (path string, item *record, err error) {
	segments := strings.Split(strings.TrimPrefix(c.route.Template, "/accounts/projects/{project_id}/"), "/")
	path = strings.TrimSuffix(c.path(""), "/")
	var rec *record
	for _, segment := range segments {
		param, isParam := strings.CutPrefix(segment, "{")
		switch {
		case isParam:
			param = strings.TrimSuffix(param, "}")
			if rec, err = c.lookup(path, param, c.param(param)); err != nil {
				return "", nil, err
			}
		case segment == "by-name": // the next parameter says so, too
		case rec != nil:
			path, rec = path+"/"+rec.id+"/"+segment, nil
		default:
			path += "/" + segment
		}
	}
	return path, rec, nil
}

func (c *call) post(path string) (*answer, error) {
	body := c.object()
	if body["if_not_exists"] == true {
		// assumed: it changes nothing about what exists.
		if rec := c.existing(path, normal(body)); rec != nil {
			a := c.reply(rec, fetched)
			a.existed = true
			return a, nil
		}
	}
	rec, err := c.create(path, body)
	if err != nil {
		return nil, err
	}
	return c.reply(rec, created), nil
}

// existing returns the document with the natural key of a draft.
func (c *call) existing(path string, draft document) *record {
	k := c.st.table(path).kind
	if k.prepare != nil && k.prepare(c, path, draft, nil) != nil {
		return nil // the creation will fail in the same way
	}
	return c.st.named(path, k.name(draft))
}

// carryOut answers one request.
func (s *Simulator) carryOut(r *http.Request, raw []byte) *answer {
	a, err := s.route(r, raw)
	if err == nil {
		return a
	}
	status := http.StatusInternalServerError
	if f, ok := err.(*failure); ok { //nolint:errorlint // failures are never wrapped
		status = f.status
	}
	return textAnswer(status, err.Error())
}

func (s *Simulator) route(r *http.Request, raw []byte) (*answer, error) {
	rt, unknown := s.validator.Find(r.Method, r.URL.EscapedPath())
	c := s.inside("")
	if unknown != nil || rt.Operation.Security == nil {
		project, key, ok := s.authenticate(r.Header.Get("Authorization"))
		if !ok {
			return nil, &failure{http.StatusUnauthorized, "the bearer token is missing or not valid"}
		}
		c.project, c.key = project, key
	}
	if a, err := c.overlay(r, rt); a != nil || err != nil {
		return a, err
	}
	if id, ok := rt.Params["project_id"]; ok && id != c.project {
		return nil, &failure{http.StatusForbidden, "the API key is not for this project"} // assumed: it might be 404
	}
	c.route, c.raw = rt, raw
	if err := c.read(r); err != nil {
		return nil, err
	}
	return c.continued(c.perform())
}

// read checks the request and decodes its content.
func (c *call) read(r *http.Request) error {
	contentType := r.Header.Get("Content-Type")
	checkErr := c.route.CheckRequest(r.URL.RawQuery, contentType, c.raw)
	c.query, _ = url.ParseQuery(r.URL.RawQuery)
	if strings.HasPrefix(contentType, "application/json") && len(c.raw) > 0 {
		var err error
		if c.body, err = decode(c.raw); err != nil {
			return invalid("the body is not JSON")
		}
	}
	if checkErr != nil && c.s.behavior.Newer {
		checkErr = c.route.CheckUpdate(r.URL.RawQuery, contentType, c.raw, c.unknown())
	}
	if checkErr != nil {
		return invalid("%s", strings.TrimPrefix(checkErr.Error(), "request body: "))
	}
	return nil
}
