// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

const (
	// maxSecret is the most that a Kubernetes Secret can hold, and so the most that is carried.
	// MeshAgent's own limit is not known.
	maxSecret = 1 << 20
	// noEmail is what MeshAgent's own tools send when a registry's credential has no e-mail
	// address.
	noEmail = "none@example.com"
)

// secretPayload makes what MeshAgent stores out of what a Kubernetes Secret holds. No error repeats
// a value.
func secretPayload(spec v1alpha1.MeshSecretSpec, secret engine.SourceData) (kind string, data []byte, err error) {
	name := string(spec.SecretRef.Name)
	var members map[string]string
	switch secretType(spec, secret) {
	case v1alpha1.MeshSecretRaw:
		return rawPayload(spec, secret)
	case v1alpha1.MeshSecretDocker:
		kind = secretTypeWords.wire(v1alpha1.MeshSecretDocker)
		members, err = dockerPayload(name, spec.Registry, secret)
	case v1alpha1.MeshSecretKeys:
		kind = secretTypeWords.wire(v1alpha1.MeshSecretKeys)
		members, err = keysPayload(name, spec.Keys, secret)
	}
	if err != nil {
		return kind, nil, err
	}
	if data, err = meshagent.Encode(members); err != nil {
		return kind, nil, verdict.Invalid(msgNotJSON, name)
	}
	if len(data) > maxSecret {
		return kind, nil, verdict.Invalid(msgSecretTooLarge, name, maxSecret)
	}
	return kind, meshagent.CanonicalSecret(kind, data), nil
}

// secretType is the type that the spec says, else what its fields are for, else what the Secret is.
func secretType(spec v1alpha1.MeshSecretSpec, secret engine.SourceData) v1alpha1.MeshSecretType {
	switch {
	case spec.Type != "":
		return spec.Type
	case len(spec.Keys) > 0:
		return v1alpha1.MeshSecretKeys
	case spec.Registry != "", secret.Type == corev1.SecretTypeDockerConfigJson, secret.Type == corev1.SecretTypeDockercfg:
		return v1alpha1.MeshSecretDocker
	}
	return v1alpha1.MeshSecretKeys
}

// valueOf returns one key of a Secret, which must be there and not be empty.
func valueOf(name, key string, secret engine.SourceData) ([]byte, error) {
	value, ok := secret.Data[key]
	if !ok {
		return nil, verdict.Invalid(msgNoKey, name, key, secret.Keys())
	}
	if len(value) == 0 {
		return nil, verdict.Invalid(msgEmptyKey, key, name)
	}
	return value, nil
}

func rawPayload(spec v1alpha1.MeshSecretSpec, secret engine.SourceData) (string, []byte, error) {
	kind := "application/octet-stream"
	if spec.Raw.ContentType != "" {
		kind = spec.Raw.ContentType
	}
	value, err := valueOf(string(spec.SecretRef.Name), spec.Raw.Key, secret)
	if err != nil {
		return kind, nil, err
	}
	if len(value) > maxSecret {
		return kind, nil, verdict.Invalid(msgKeyTooLarge, spec.Raw.Key, spec.SecretRef.Name, maxSecret)
	}
	return kind, value, nil
}

// keysPayload is the JSON object of variables that a secret of type keys is.
func keysPayload(name string, chosen []v1alpha1.MeshSecretKey, secret engine.SourceData) (map[string]string, error) {
	if len(chosen) == 0 {
		for _, key := range slices.Sorted(maps.Keys(secret.Data)) {
			chosen = append(chosen, v1alpha1.MeshSecretKey{Key: key})
		}
	}
	if len(chosen) == 0 {
		return nil, verdict.Invalid(msgEmptySecret, name)
	}
	variables := map[string]string{}
	for _, one := range chosen {
		value, err := valueOf(name, one.Key, secret)
		if err != nil {
			return nil, err
		}
		if !utf8.Valid(value) {
			return nil, verdict.Invalid(msgBinaryVariable, one.Key, name)
		}
		variable := one.As
		if variable == "" {
			variable = one.Key
		}
		if _, twice := variables[variable]; twice {
			return nil, verdict.Invalid(msgSameVariable, name, variable)
		}
		variables[variable] = string(value)
	}
	return variables, nil
}

// dockerLogin is one entry of a dockerconfigjson.
type dockerLogin struct {
	Username string `json:"username"`
	Password string `json:"password"`
	Email    string `json:"email"`
	Auth     string `json:"auth"`
}

// credentials are a user name and a password as the kubelet reads them, which takes auth over the
// two of them.
func (l dockerLogin) credentials() (username, password string, ok bool) {
	if l.Auth == "" {
		return l.Username, l.Password, true
	}
	encoding := base64.RawStdEncoding
	if strings.HasSuffix(strings.TrimSpace(l.Auth), "=") {
		encoding = base64.StdEncoding
	}
	decoded, err := encoding.DecodeString(l.Auth)
	username, password, found := strings.Cut(string(decoded), ":")
	return username, password, err == nil && found
}

// dockerPayload is the credential of one registry, as a secret of type docker holds it.
func dockerPayload(name, registry string, secret engine.SourceData) (map[string]string, error) {
	logins, err := dockerLogins(name, registry, secret)
	if err != nil {
		return nil, err
	}
	if registry == "" {
		if len(logins) != 1 {
			return nil, verdict.Invalid(msgManyRegistries, name, len(logins), strings.Join(slices.Sorted(maps.Keys(logins)), ", "))
		}
		registry = slices.Collect(maps.Keys(logins))[0]
	}
	login, ok := logins[registry]
	if !ok {
		return nil, verdict.Invalid(msgNoRegistry, name, registry, strings.Join(slices.Sorted(maps.Keys(logins)), ", "))
	}
	username, password, ok := login.credentials()
	if !ok {
		return nil, verdict.Invalid(msgBadAuth, registry, name)
	}
	if username == "" || password == "" {
		return nil, verdict.Invalid(msgNoLogin, registry, name)
	}
	if !utf8.ValidString(username) || !utf8.ValidString(password) {
		return nil, verdict.Invalid(msgBinaryLogin, registry, name)
	}
	return map[string]string{"server": hostOf(registry), "username": username, "password": password, "email": cmp.Or(login.Email, noEmail)}, nil
}

// hostOf is the host of a registry, with the path of its images if there is one. Docker configs may
// name the URL of its API instead.
func hostOf(registry string) string {
	_, host, ok := strings.Cut(registry, "://")
	if !ok {
		host = registry
	}
	host, path, _ := strings.Cut(strings.TrimRight(host, "/"), "/")
	if path == "" || path == "v1" || path == "v2" {
		return host
	}
	return host + "/" + path
}

// dockerLogins reads the forms that Kubernetes has for credentials of registries, and plain user
// names and passwords.
func dockerLogins(name, registry string, secret engine.SourceData) (map[string]dockerLogin, error) {
	if text, ok := secret.Data[corev1.DockerConfigJsonKey]; ok {
		var config struct {
			Auths map[string]dockerLogin `json:"auths"`
		}
		err := readDockerConfig(name, corev1.DockerConfigJsonKey, text, &config)
		if err == nil && len(config.Auths) == 0 {
			err = verdict.Invalid(msgNoAuths, corev1.DockerConfigJsonKey, name)
		}
		return config.Auths, err
	}
	if text, ok := secret.Data[corev1.DockerConfigKey]; ok {
		var logins map[string]dockerLogin
		err := readDockerConfig(name, corev1.DockerConfigKey, text, &logins)
		if err == nil && len(logins) == 0 {
			err = verdict.Invalid(msgNoCredentials, corev1.DockerConfigKey, name)
		}
		return logins, err
	}
	if secret.Data[corev1.BasicAuthUsernameKey] == nil || secret.Data[corev1.BasicAuthPasswordKey] == nil {
		return nil, verdict.Invalid(msgNoDocker, name, secret.Type)
	}
	if registry == "" {
		return nil, verdict.Invalid(msgWhichRegistry, name)
	}
	return map[string]dockerLogin{registry: {Username: string(secret.Data[corev1.BasicAuthUsernameKey]), Password: string(secret.Data[corev1.BasicAuthPasswordKey])}}, nil
}

// readDockerConfig reads JSON. What is not UTF-8 in it encoding/json would replace without a word.
func readDockerConfig(name, key string, text []byte, into any) error {
	if !utf8.Valid(text) {
		return verdict.Invalid(msgBinaryConfig, key, name)
	}
	if json.Unmarshal(text, into) != nil {
		return verdict.Invalid(msgNotDocker, key, name)
	}
	return nil
}
