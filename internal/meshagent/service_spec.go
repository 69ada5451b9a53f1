// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
)

// ServiceSpec is the part of a service that callers write. An unset member leaves the current value
// unchanged. The tag default, here and in all nested types, is the value that MeshAgent assumes for
// an absent member.
type ServiceSpec struct {
	Metadata  ServiceMetadata      `json:"metadata"`
	Agents    []ServiceAgent       `json:"agents,omitempty"`
	Ports     []ServicePort        `json:"ports,omitempty"`
	Files     []ServiceFile        `json:"files,omitempty"`
	Container *ContainerSpec       `json:"container,omitempty"`
	External  *ExternalServiceSpec `json:"external,omitempty"`

	// Without lists top-level members that must be absent, whether this caller or another one set
	// them.
	Without []string `json:"-"`
}

// ServiceMetadata names and describes a service.
type ServiceMetadata struct {
	Name        string            `json:"name"`
	Description string            `json:"description,omitempty"`
	Repo        string            `json:"repo,omitempty"`
	Icon        string            `json:"icon,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ServiceFile is added to the room's storage if it is missing there.
type ServiceFile struct {
	Path string  `json:"path"`
	Text *string `json:"text"`
}

// ExternalServiceSpec is a service hosted elsewhere.
type ExternalServiceSpec struct {
	URL string `json:"url,omitempty"`
}

// plainServiceSpec is a ServiceSpec without its methods.
type plainServiceSpec ServiceSpec

// MarshalJSON writes null for members that must be absent.
func (s ServiceSpec) MarshalJSON() ([]byte, error) {
	return without(plainServiceSpec(s), s.Without)
}

// without writes a document with null for members that must be absent.
func without(document any, absent []string) ([]byte, error) {
	text, err := Encode(document)
	if err != nil || len(absent) == 0 {
		return text, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	for _, name := range absent {
		members[name] = json.RawMessage("null")
	}
	return Encode(members)
}

// Ordered returns the service with sorted lists if their order has no meaning, because MeshAgent
// may keep another order.
func (s ServiceSpec) Ordered() ServiceSpec {
	s.Agents = slices.Clone(s.Agents)
	slices.SortStableFunc(s.Agents, func(a, b ServiceAgent) int { return cmp.Compare(a.Name, b.Name) })
	if s.Container != nil {
		container := *s.Container
		container.Environment = slices.Clone(container.Environment)
		slices.SortStableFunc(container.Environment, func(a, b EnvironmentVariable) int { return cmp.Compare(a.Name, b.Name) })
		s.Container = &container
	}
	return s
}

// Key is the service's name.
func (s ServiceSpec) Key() string { return s.Metadata.Name }

// Mark reads the ownership annotation, or the same value among the template's values.
func (s ServiceSpec) Mark() Mark {
	if mark := markIn(s.Metadata.Annotations); mark.Owner != "" {
		return mark
	}
	return markIn(s.templateValues())
}

// WithMark returns a copy with the ownership annotation in its place.
//
// MeshAgent creates a service from a template in one step, and nothing can be added to the result.
// An ownership annotation that is added in a second step would be missing if the process died
// between the steps. So it is sent as two more values of the template, which no template uses.
// MeshAgent keeps all values with the service. The template itself stays unchanged, because it may
// not be YAML before it is rendered.
func (s ServiceSpec) WithMark(mark Mark) ServiceSpec {
	own := mark
	if s.isTemplate() {
		own = Mark{}
	}
	s.Metadata.Annotations = withMark(s.Metadata.Annotations, own)
	if values := s.templateValues(); values != nil {
		if !s.isTemplate() {
			mark = Mark{}
		}
		s.Metadata.Annotations[templateValues] = encodeValues(withMark(values, mark))
	}
	return s
}

// Service is a service of a project or of a room.
type Service struct {
	ID string
	ServiceSpec

	secrets clientSecrets
	extras  *extras
}

// Identity is the service's id.
func (s Service) Identity() string { return s.ID }

// Listed returns the service without the secrets of its OAuth clients. It shows only that they
// exist.
func (s Service) Listed() Service {
	held := clientSecrets{}
	for key := range s.secrets {
		held[key] = ""
	}
	s.secrets = held
	return s
}

// Written is the service without its id, and without the secrets of OAuth clients, which no caller
// needs.
func (s Service) Written() ServiceSpec { return s.ServiceSpec }

// UnmarshalJSON reads MeshAgent's response, which is the service or a JSON string with the service.
// It fills in defaults, so that the result does not depend on whether MeshAgent shows them.
func (s *Service) UnmarshalJSON(text []byte) error {
	if text = bytes.TrimSpace(text); len(text) > 0 && text[0] == '"' {
		var inner string
		if err := json.Unmarshal(text, &inner); err != nil {
			return err
		}
		text = []byte(inner)
	}
	var document manifest
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	*s = Service{ID: document.ID, ServiceSpec: ServiceSpec(document.plainServiceSpec)}
	s.secrets, s.extras = s.takeSecrets(), extrasOf[manifest](text)
	fillDefaults(&s.ServiceSpec)
	s.ServiceSpec = s.Ordered()
	if values := s.templateValues(); values != nil {
		s.Metadata.Annotations[templateValues] = encodeValues(values)
	}
	return nil
}

// MarshalJSON is the reverse, for tests and transcripts.
func (s Service) MarshalJSON() ([]byte, error) { return Encode(s.manifest()) }

// manifest is the JSON form of a service.
type manifest struct {
	Version string `json:"version"`
	Kind    string `json:"kind"`
	ID      string `json:"id,omitempty"`
	plainServiceSpec
}

func (s Service) manifest() manifest {
	return manifest{Version: "v1", Kind: "Service", ID: s.ID, plainServiceSpec: plainServiceSpec(s.ServiceSpec)}
}

// clientSecrets are the secrets of the OAuth clients of a service's endpoints.
type clientSecrets map[endpointKey]string

// endpointKey identifies an MCP endpoint, even if its port has moved in the list.
type endpointKey struct {
	port        Port
	path, label string
}

// endpoints calls a function for each MCP endpoint with OAuth.
func (s *ServiceSpec) endpoints(each func(endpointKey, *OAuthClientConfig)) {
	for _, port := range s.Ports {
		for _, endpoint := range port.Endpoints {
			if endpoint.MCP != nil && endpoint.MCP.OAuth != nil {
				each(endpointKey{port.Num, endpoint.Path, endpoint.MCP.Label}, endpoint.MCP.OAuth)
			}
		}
	}
}

// takeSecrets moves the secrets out of the spec.
func (s *ServiceSpec) takeSecrets() clientSecrets {
	secrets := clientSecrets{}
	s.endpoints(func(key endpointKey, oauth *OAuthClientConfig) {
		if oauth.ClientSecret != nil && *oauth.ClientSecret != "" {
			secrets[key] = *oauth.ClientSecret
		}
		oauth.ClientSecret = nil
	})
	return secrets
}

// holdsSecrets is true if an OAuth client has a secret.
func (s *ServiceSpec) holdsSecrets() bool {
	found := false
	s.endpoints(func(_ endpointKey, oauth *OAuthClientConfig) {
		found = found || oauth.ClientSecret != nil && *oauth.ClientSecret != ""
	})
	return found
}

// clone is a deep copy with all defaults, because the SDKs send them, too.
func (s ServiceSpec) clone() ServiceSpec {
	text, err := Encode(plainServiceSpec(s))
	var deep plainServiceSpec
	if err == nil {
		err = json.Unmarshal(text, &deep)
	}
	if err != nil {
		panic("meshagent: a service that cannot be written as JSON: " + err.Error()) // cannot happen with these types
	}
	fillDefaults(&deep)
	return ServiceSpec(deep)
}
