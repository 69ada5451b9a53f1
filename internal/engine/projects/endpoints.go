// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// AnyEndpoint is the entry that allows all endpoints.
const AnyEndpoint = "*"

// AllEndpoints allows all.
var AllEndpoints = Endpoints{all: true}

// Endpoints are those that requests may be sent to. The zero value has none.
type Endpoints struct {
	all     bool
	origins []origin
}

// origin is a server: what of a URL says where a request goes. A host that begins with "*." is all
// hosts below it.
type origin struct{ scheme, host, port string }

// ParseEndpoints reads entries of the form scheme://host[:port], whose host may begin with "*.", or
// "*".
func ParseEndpoints(entries ...string) (Endpoints, error) {
	var allowed Endpoints
	for _, entry := range entries {
		if entry == AnyEndpoint {
			allowed.all = true
			continue
		}
		parsed, err := url.Parse(entry)
		if err != nil {
			return Endpoints{}, fmt.Errorf("%q is not a URL such as %s", entry, meshagent.DefaultEndpoint)
		}
		found, ok := originOf(parsed)
		extra := parsed.User != nil || strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != ""
		if !ok || extra || strings.Contains(strings.TrimPrefix(found.host, "*."), "*") {
			return Endpoints{}, fmt.Errorf("%q must be scheme://host[:port] with the scheme http or https. The host may begin with *. to allow all hosts below it", parsed.Redacted())
		}
		allowed.origins = append(allowed.origins, found)
	}
	return allowed, nil
}

// OriginOf is the entry that allows a URL, and others of the same server.
func OriginOf(endpoint string) (string, error) {
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return "", fmt.Errorf("%q is not a URL such as %s", endpoint, meshagent.DefaultEndpoint)
	}
	return parsed.Scheme + "://" + parsed.Host, nil
}

// originOf normalizes letter case, the default port, and the dot at the end of a host.
func originOf(from *url.URL) (found origin, ok bool) {
	found = origin{strings.ToLower(from.Scheme), strings.TrimSuffix(strings.ToLower(from.Hostname()), "."), from.Port()}
	found.port = cmp.Or(found.port, map[string]string{"http": "80", "https": "443"}[found.scheme])
	return found, (found.scheme == "http" || found.scheme == "https") && found.host != ""
}

// Allow says whether requests may be sent to a URL.
func (e Endpoints) Allow(endpoint string) bool {
	if e.all {
		return true
	}
	parsed, err := url.Parse(endpoint)
	if err != nil {
		return false
	}
	asked, ok := originOf(parsed)
	return ok && slices.ContainsFunc(e.origins, func(one origin) bool { return one.covers(asked) })
}

func (o origin) covers(asked origin) bool {
	if o.scheme != asked.scheme || o.port != asked.port {
		return false
	}
	if below, ok := strings.CutPrefix(o.host, "*"); ok {
		return strings.HasSuffix(asked.host, below) && len(asked.host) > len(below)
	}
	return o.host == asked.host
}

// endpointOf is the endpoint that a MeshProject leads to.
func (p *Pool) endpointOf(project *v1alpha1.MeshProject) string {
	return cmp.Or(project.Spec.Endpoint, p.Options.Endpoint, meshagent.DefaultEndpoint)
}

// permit refuses a MeshProject whose endpoint the operator does not allow.
func (p *Pool) permit(project *v1alpha1.MeshProject) error {
	endpoint := p.endpointOf(project)
	if p.Endpoints.Allow(endpoint) {
		return nil
	}
	if project.Spec.Endpoint == "" {
		return verdict.Refuse(v1alpha1.ReasonEndpointNotAllowed, msgOwnEndpointNotAllowed, endpoint)
	}
	return verdict.Refuse(v1alpha1.ReasonEndpointNotAllowed, msgEndpointNotAllowed, endpoint)
}
