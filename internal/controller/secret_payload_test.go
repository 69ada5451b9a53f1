// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
)

const canary = "c4n4ry"

func bytesOf(values map[string]string) map[string][]byte {
	data := map[string][]byte{}
	for key, value := range values {
		data[key] = []byte(value)
	}
	return data
}

func TestSecretPayload(t *testing.T) {
	t.Parallel()
	docker := func(text string) engine.SourceData {
		return engine.SourceData{Type: corev1.SecretTypeDockerConfigJson, Data: bytesOf(map[string]string{".dockerconfigjson": text})}
	}
	two := docker(`{"auths": {"ghcr.io": {"username": "u", "password": "p", "email": "e@x"}, "quay.io": {"auth": "YTpiOmM="}}}`)
	for name, test := range map[string]struct {
		spec   v1alpha1.MeshSecretSpec
		secret engine.SourceData
		kind   string
		want   string
	}{
		"all keys": {
			secret: engine.SourceData{Type: "Opaque", Data: bytesOf(map[string]string{"B": "2\n", "A": "é\"<>"})},
			kind:   "keys", want: `{"A":"é\"<>","B":"2\n"}`,
		},
		"some keys, renamed": {
			spec:   v1alpha1.MeshSecretSpec{Keys: []v1alpha1.MeshSecretKey{{Key: "a", As: "OPENAI_API_KEY"}}},
			secret: engine.SourceData{Data: bytesOf(map[string]string{"a": "x", "b": "y"})},
			kind:   "keys", want: `{"OPENAI_API_KEY": "x"}`,
		},
		"a certificate": {
			secret: engine.SourceData{Type: corev1.SecretTypeTLS, Data: bytesOf(map[string]string{"tls.crt": "c", "tls.key": "k"})},
			kind:   "keys", want: `{"tls.crt": "c", "tls.key": "k"}`,
		},
		"one registry": {
			secret: docker(`{"auths": {"ghcr.io": {"username": "robot", "password": "pw"}}}`),
			kind:   "docker", want: `{"server": "ghcr.io", "username": "robot", "password": "pw", "email": "none@example.com"}`,
		},
		"Docker Hub, by the URL of its API": {
			secret: docker(`{"auths": {"https://index.docker.io/v1/": {"username": "robot", "password": "pw"}}}`),
			kind:   "docker", want: `{"server": "index.docker.io", "username": "robot", "password": "pw", "email": "none@example.com"}`,
		},
		"a registry's URL with a path": {
			secret: docker(`{"auths": {"https://registry.example.com/team/": {"username": "robot", "password": "pw"}}}`),
			kind:   "docker", want: `{"server": "registry.example.com/team", "username": "robot", "password": "pw", "email": "none@example.com"}`,
		},
		"one of two registries": {
			spec: v1alpha1.MeshSecretSpec{Registry: "ghcr.io"}, secret: two,
			kind: "docker", want: `{"server": "ghcr.io", "username": "u", "password": "p", "email": "e@x"}`,
		},
		"an auth, with a colon in the password": {
			spec: v1alpha1.MeshSecretSpec{Registry: "quay.io"}, secret: two,
			kind: "docker", want: `{"server": "quay.io", "username": "a", "password": "b:c", "email": "none@example.com"}`,
		},
		"an auth and a stale user name and password: the kubelet takes the auth": {
			secret: docker(`{"auths": {"r": {"username": "old", "password": "old", "auth": "YTpi"}}}`),
			kind:   "docker", want: `{"server": "r", "username": "a", "password": "b", "email": "none@example.com"}`,
		},
		"an auth without padding": {
			secret: docker(`{"auths": {"r": {"auth": "YTpiYw"}}}`),
			kind:   "docker", want: `{"server": "r", "username": "a", "password": "bc", "email": "none@example.com"}`,
		},
		"an auth with padding and a line's end": {
			secret: docker(`{"auths": {"r": {"auth": "YTpi\nYw==\n"}}}`),
			kind:   "docker", want: `{"server": "r", "username": "a", "password": "bc", "email": "none@example.com"}`,
		},
		"a password beyond ASCII": {
			secret: docker(`{"auths": {"r": {"auth": "YTrDqeKCrA=="}}}`),
			kind:   "docker", want: `{"server": "r", "username": "a", "password": "é€", "email": "none@example.com"}`,
		},
		"a dockercfg": {
			secret: engine.SourceData{Type: corev1.SecretTypeDockercfg, Data: bytesOf(map[string]string{".dockercfg": `{"r": {"username": "u", "password": "p"}}`})},
			kind:   "docker", want: `{"server": "r", "username": "u", "password": "p", "email": "none@example.com"}`,
		},
		"user name and password": {
			spec:   v1alpha1.MeshSecretSpec{Type: v1alpha1.MeshSecretDocker, Registry: "r"},
			secret: engine.SourceData{Type: corev1.SecretTypeBasicAuth, Data: bytesOf(map[string]string{"username": "u", "password": "p"})},
			kind:   "docker", want: `{"server": "r", "username": "u", "password": "p", "email": "none@example.com"}`,
		},
		"user name and password, which the registry makes a credential": {
			spec:   v1alpha1.MeshSecretSpec{Registry: "r"},
			secret: engine.SourceData{Type: "Opaque", Data: bytesOf(map[string]string{"username": "u", "password": "p"})},
			kind:   "docker", want: `{"server": "r", "username": "u", "password": "p", "email": "none@example.com"}`,
		},
		"a docker config, which keys makes a variable": {
			spec: v1alpha1.MeshSecretSpec{Keys: []v1alpha1.MeshSecretKey{{Key: ".dockerconfigjson", As: "CONFIG"}}}, secret: docker("{}"),
			kind: "keys", want: `{"CONFIG": "{}"}`,
		},
		"a docker config as variables": {
			spec: v1alpha1.MeshSecretSpec{Type: v1alpha1.MeshSecretKeys}, secret: docker("{}"),
			kind: "keys", want: `{".dockerconfigjson": "{}"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kind, data, err := secretPayload(test.spec, test.secret)
			if err != nil || kind != test.kind {
				t.Fatalf("got %q, %v", kind, err)
			}
			var got, want map[string]string
			if err := json.Unmarshal(data, &got); err != nil {
				t.Fatalf("%v in %s", err, data)
			}
			if err := json.Unmarshal([]byte(test.want), &want); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSecretPayloadRaw(t *testing.T) {
	t.Parallel()
	spec := v1alpha1.MeshSecretSpec{Type: v1alpha1.MeshSecretRaw, Raw: &v1alpha1.MeshSecretRawSource{Key: "k"}}
	kind, data, err := secretPayload(spec, engine.SourceData{Data: map[string][]byte{"k": {0, 0xff, '\n'}}})
	if err != nil || kind != "application/octet-stream" || string(data) != "\x00\xff\n" {
		t.Errorf("got %q %q %v", kind, data, err)
	}
	spec.Raw.ContentType = "application/x-pem-file"
	if kind, _, err = secretPayload(spec, engine.SourceData{Data: bytesOf(map[string]string{"k": "x"})}); err != nil || kind != spec.Raw.ContentType {
		t.Errorf("got %q %v", kind, err)
	}
}

func TestSecretPayloadRefuses(t *testing.T) {
	t.Parallel()
	large := strings.Repeat(canary, maxSecret/len(canary)+1)
	docker := func(text string) map[string]string { return map[string]string{".dockerconfigjson": text} }
	for name, test := range map[string]struct {
		spec   v1alpha1.MeshSecretSpec
		kind   corev1.SecretType
		data   map[string]string
		expect string
	}{
		"nothing in it":        {expect: fmt.Sprintf(msgEmptySecret, "s")},
		"no such key":          {spec: v1alpha1.MeshSecretSpec{Keys: []v1alpha1.MeshSecretKey{{Key: "x"}}}, data: map[string]string{"b": canary, "a": canary}, expect: fmt.Sprintf(msgNoKey, "s", "x", "a, b")},
		"an empty value":       {data: map[string]string{"a": canary, "b": ""}, expect: fmt.Sprintf(msgEmptyKey, "b", "s")},
		"not UTF-8":            {data: map[string]string{"a": canary + "\xff"}, expect: fmt.Sprintf(msgBinaryVariable, "a", "s")},
		"a name twice":         {spec: v1alpha1.MeshSecretSpec{Keys: []v1alpha1.MeshSecretKey{{Key: "a", As: "X"}, {Key: "b", As: "X"}}}, data: map[string]string{"a": canary, "b": canary}, expect: fmt.Sprintf(msgSameVariable, "s", "X")},
		"too large":            {data: map[string]string{"a": large}, expect: "larger than 1048576 bytes"},
		"too large, raw":       {spec: v1alpha1.MeshSecretSpec{Type: v1alpha1.MeshSecretRaw, Raw: &v1alpha1.MeshSecretRawSource{Key: "a"}}, data: map[string]string{"a": large}, expect: "larger than 1048576 bytes"},
		"several registries":   {kind: corev1.SecretTypeDockerConfigJson, data: docker(`{"auths": {"b": {"auth": "` + canary + `"}, "a": {}}}`), expect: fmt.Sprintf(msgManyRegistries, "s", 2, "a, b")},
		"another registry":     {kind: corev1.SecretTypeDockerConfigJson, spec: v1alpha1.MeshSecretSpec{Registry: "x"}, data: docker(`{"auths": {"a": {}}}`), expect: fmt.Sprintf(msgNoRegistry, "s", "x", "a")},
		"no JSON":              {kind: corev1.SecretTypeDockerConfigJson, data: docker(canary), expect: fmt.Sprintf(msgNotDocker, ".dockerconfigjson", "s")},
		"credential helpers":   {kind: corev1.SecretTypeDockerConfigJson, data: docker(`{"credHelpers": {"a": "` + canary + `"}}`), expect: fmt.Sprintf(msgNoAuths, ".dockerconfigjson", "s")},
		"auth without a colon": {kind: corev1.SecretTypeDockerConfigJson, data: docker(`{"auths": {"a": {"auth": "YWJj"}}}`), expect: fmt.Sprintf(msgBadAuth, "a", "s")},
		"auth is not base64":   {kind: corev1.SecretTypeDockerConfigJson, data: docker(`{"auths": {"a": {"username": "u", "password": "p", "auth": "` + canary + `!"}}}`), expect: fmt.Sprintf(msgBadAuth, "a", "s")},
		"auth is not UTF-8":    {kind: corev1.SecretTypeDockerConfigJson, data: docker(`{"auths": {"a": {"auth": "` + base64.StdEncoding.EncodeToString([]byte("u:"+canary+"\xff")) + `"}}}`), expect: fmt.Sprintf(msgBinaryLogin, "a", "s")},
		"JSON is not UTF-8":    {kind: corev1.SecretTypeDockerConfigJson, data: docker(`{"auths": {"a": {"username": "u", "password": "` + canary + "\xff" + `"}}}`), expect: fmt.Sprintf(msgBinaryConfig, ".dockerconfigjson", "s")},
		"dockercfg not UTF-8":  {kind: corev1.SecretTypeDockercfg, data: map[string]string{".dockercfg": `{"a": {"username": "u", "password": "` + canary + "\xff" + `"}}`}, expect: fmt.Sprintf(msgBinaryConfig, ".dockercfg", "s")},
		"password not UTF-8":   {spec: v1alpha1.MeshSecretSpec{Type: v1alpha1.MeshSecretDocker, Registry: "r"}, data: map[string]string{"username": "u", "password": canary + "\xff"}, expect: fmt.Sprintf(msgBinaryLogin, "r", "s")},
		"no password":          {kind: corev1.SecretTypeDockerConfigJson, data: docker(`{"auths": {"a": {"username": "` + canary + `"}}}`), expect: fmt.Sprintf(msgNoLogin, "a", "s")},
		"the wrong type":       {kind: corev1.SecretTypeTLS, spec: v1alpha1.MeshSecretSpec{Type: v1alpha1.MeshSecretDocker}, data: map[string]string{"tls.crt": canary}, expect: fmt.Sprintf(msgNoDocker, "s", "kubernetes.io/tls")},
		"password, no server":  {spec: v1alpha1.MeshSecretSpec{Type: v1alpha1.MeshSecretDocker}, data: map[string]string{"username": canary, "password": canary}, expect: fmt.Sprintf(msgWhichRegistry, "s")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.spec.SecretRef.Name = "s"
			_, data, err := secretPayload(test.spec, engine.SourceData{Type: test.kind, Data: bytesOf(test.data)})
			if err == nil || !strings.Contains(err.Error(), test.expect) {
				t.Errorf("got %v, want something about %q", err, test.expect)
			}
			if data != nil || err != nil && strings.Contains(err.Error(), canary) {
				t.Errorf("a value comes out, of %d bytes, or in the error", len(data))
			}
		})
	}
}

func FuzzDockerPayload(f *testing.F) {
	f.Add([]byte(`{"auths": {"ghcr.io": {"auth": "YTpi"}}}`), "ghcr.io")
	f.Fuzz(func(t *testing.T, text []byte, registry string) {
		login, err := dockerPayload("s", registry, engine.SourceData{Data: map[string][]byte{".dockerconfigjson": text}})
		if err == nil && (login["server"] != hostOf(registry) && registry != "" || login["username"] == "" || login["password"] == "") {
			t.Errorf("%s became %v", text, login)
		}
	})
}

// A Secret that Kubernetes takes is carried: written for HTML, each of these characters would take
// six bytes.
func TestMarkupIsCarriedAsItIs(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("<a b=\"c&amp;d\"/>\n", 35_000)
	kind, data, err := secretPayload(v1alpha1.MeshSecretSpec{}, engine.SourceData{Data: bytesOf(map[string]string{"V": text})})
	if err != nil || kind != "keys" || len(data) > 710_000 {
		t.Fatalf("%d bytes became %d of type %q: %v", len(text), len(data), kind, err)
	}
	var members map[string]string
	if err := json.Unmarshal(data, &members); err != nil || members["V"] != text {
		t.Errorf("it is another text, or %v", err)
	}
}
