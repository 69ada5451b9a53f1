// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
)

// ServiceSpec is what callers write of a service. An unset member means: leave what is there. The tag default, here and in all
// that it consists of, is what MeshAgent takes an absent member for.
type ServiceSpec struct {
	Metadata  ServiceMetadata      `json:"metadata"`
	Agents    []ServiceAgent       `json:"agents,omitempty"`
	Ports     []ServicePort        `json:"ports,omitempty"`
	Files     []ServiceFile        `json:"files,omitempty"`
	Container *ContainerSpec       `json:"container,omitempty"`
	External  *ExternalServiceSpec `json:"external,omitempty"`

	// Without are top members that must be absent, whoever set them.
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

// ServiceFile is put into the room's storage if it is missing there.
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

// MarshalJSON writes null for what must be absent.
func (s ServiceSpec) MarshalJSON() ([]byte, error) {
	text, err := Encode(plainServiceSpec(s))
	if err != nil || len(s.Without) == 0 {
		return text, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	for _, name := range s.Without {
		members[name] = json.RawMessage("null")
	}
	return Encode(members)
}

// Ordered is the service with those lists in order whose order has no meaning: MeshAgent may keep
// another one.
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

// Mark is in the annotations, or in the values of the template that the service was made of.
func (s ServiceSpec) Mark() Mark {
	if mark := markIn(s.Metadata.Annotations); mark.Owner != "" {
		return mark
	}
	return markIn(s.templateValues())
}

// WithMark returns a copy with the mark where it belongs.
//
// MeshAgent makes a service of a template in one step, in which nothing can be added to the result. A mark that were added in a second
// step would be missing if the process died between the two. So it travels as two more values of the template, which no template asks
// for. MeshAgent keeps all values with the service. The template itself stays as it is: it may be no YAML before it is rendered.
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

// Listed is the service with no more than the fact that its OAuth clients have secrets.
func (s Service) Listed() Service {
	held := clientSecrets{}
	for key := range s.secrets {
		held[key] = ""
	}
	s.secrets = held
	return s
}

// Written is the service without its id, and without the secrets of OAuth clients, which nobody has to see.
func (s Service) Written() ServiceSpec { return s.ServiceSpec }

// UnmarshalJSON reads what MeshAgent answers: the service, or a JSON string with the text of the service. What is absent and has a
// default is filled in, so that it is the same whether MeshAgent shows its defaults or not.
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

// manifest is a service on the wire.
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

// endpointKey finds an MCP endpoint again, also when its port has moved in the list.
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

// takeSecrets moves the secrets out of the specification.
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

// holdsSecrets says that there is an OAuth client with a secret.
func (s *ServiceSpec) holdsSecrets() bool {
	found := false
	s.endpoints(func(_ endpointKey, oauth *OAuthClientConfig) {
		found = found || oauth.ClientSecret != nil && *oauth.ClientSecret != ""
	})
	return found
}

// clone is a deep copy, complete with defaults: the SDKs send them too.
func (s ServiceSpec) clone() ServiceSpec {
	text, err := Encode(plainServiceSpec(s))
	var deep plainServiceSpec
	if err == nil {
		err = json.Unmarshal(text, &deep)
	}
	if err != nil {
		panic("meshagent: a service that cannot be written as JSON: " + err.Error()) // its types rule that out
	}
	fillDefaults(&deep)
	return ServiceSpec(deep)
}
