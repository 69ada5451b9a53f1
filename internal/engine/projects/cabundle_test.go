// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"encoding/pem"
	"io"
	"log"
	"net/http/httptest"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// privateServer is a MeshAgent whose certificate no system knows, and that certificate.
func privateServer(t *testing.T) (server *httptest.Server, certificate string) {
	t.Helper()
	server = httptest.NewUnstartedServer(simulator.New())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
}

// answers says what reading the project of a MeshProject comes to.
func (p *pool) answers(project *v1alpha1.MeshProject) (*Connection, error) {
	connection, err := p.Open(p.Context(), project)
	if err == nil {
		_, err = connection.Project.Info(p.Context())
	}
	return connection, err
}

func (p *pool) configMap(namespace, text string) *corev1.ConfigMap {
	p.Helper()
	source := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "ca"}, Data: map[string]string{"ca.crt": text}}
	if err := p.Create(p.Context(), source); err != nil {
		p.Fatal(err)
	}
	return source
}

func fromConfigMap() *v1alpha1.CABundle {
	return &v1alpha1.CABundle{ConfigMapKeyRef: &v1alpha1.ConfigMapKeyReference{Name: "ca", Key: "ca.crt"}}
}

func TestACertificateOfAPrivateCA(t *testing.T) {
	t.Parallel()
	server, certificate := privateServer(t)
	p := newPool(t)
	p.Options.Endpoint = server.URL
	plain, inline, mapped := p.project("plain", simulator.DevelopmentKey, nil), p.project("inline", simulator.DevelopmentKey, nil), p.project("mapped", simulator.DevelopmentKey, nil)
	if _, err := p.answers(plain); !meshagent.NotSent(err) || verdict.Of(err).Reason != v1alpha1.ReasonUnavailable {
		t.Errorf("without its CA: %v", err)
	}
	inline.Spec.CABundle = &v1alpha1.CABundle{Inline: "# our own\n" + certificate}
	first, err := p.answers(inline)
	if err != nil {
		t.Errorf("with its CA: %v", err)
	}
	p.configMap("mapped", "# our own\n"+certificate)
	mapped.Spec.CABundle = fromConfigMap()
	second, err := p.answers(mapped)
	if err != nil || second != first {
		t.Errorf("with its CA in a ConfigMap: %v, and shared: %t", err, second == first)
	}
	if again := p.open(plain); again == first || len(p.connections) != 2 {
		t.Error("those who trust another CA share a connection")
	}
}

// The system's roots are kept: a bundle adds to them.
func TestABundleIsBesidesTheSystemsRoots(t *testing.T) {
	t.Parallel()
	_, certificate := privateServer(t)
	ca, err := parseBundle("here", []byte(certificate+certificate))
	if err != nil || len(ca.certificates) != 2 {
		t.Fatalf("%d certificates: %v", len(ca.certificates), err)
	}
	with, err := ca.roots()
	if err != nil {
		t.Fatal(err)
	}
	without, err := (bundle{}).roots()
	if err != nil || without != nil {
		t.Errorf("without a bundle: %v, %v", without, err)
	}
	if with.Equal(without) {
		t.Error("the certificate was not added")
	}
}

func TestAChangedConfigMapIsFollowed(t *testing.T) {
	t.Parallel()
	server, certificate := privateServer(t)
	p := newPool(t)
	p.Options.Endpoint = server.URL
	project := p.project("a", simulator.DevelopmentKey, nil)
	project.Spec.CABundle = fromConfigMap()
	if _, err := p.answers(project); verdict.Of(err).Class != verdict.Waiting || verdict.Of(err).Reason != v1alpha1.ReasonReferenceNotFound {
		t.Errorf("without a ConfigMap: %v", err)
	}
	source := p.configMap("a", "soon")
	if _, err := p.answers(project); verdict.Of(err).Reason != v1alpha1.ReasonInvalid {
		t.Errorf("without a certificate: %v", err)
	}
	source.Data["ca.crt"] = certificate
	if err := p.Update(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	first, err := p.answers(project)
	if err != nil {
		t.Fatal(err)
	}
	source.Labels = map[string]string{"touched": "yes"}
	if err := p.Update(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	if same, err := p.answers(project); same != first || err != nil {
		t.Errorf("a label made a new connection: %v", err)
	}
	source.Data["ca.crt"] = certificate + certificate
	if err := p.Update(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	if other, err := p.answers(project); other == first || err != nil || len(p.retired) != 1 {
		t.Errorf("other CAs share the connection: %v, retired: %v", err, p.retired)
	}
}

func TestABundleThatCannotBeUsedNamesThePlace(t *testing.T) {
	t.Parallel()
	_, certificate := privateServer(t)
	broken := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")}))
	for name, test := range map[string]struct{ text, place string }{
		"nothing in it":                {"soon", "spec.caBundle.inline"},
		"a key in it":                  {string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("hunter2")})), "spec.caBundle.inline"},
		"a certificate that is broken": {certificate + broken, "Certificate 2 in spec.caBundle.inline"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPool(t)
			project := p.project("a", simulator.DevelopmentKey, nil)
			project.Spec.CABundle = &v1alpha1.CABundle{Inline: test.text}
			_, err := p.Open(t.Context(), project)
			if v := verdict.Of(err); v.Reason != v1alpha1.ReasonInvalid || v.Class != verdict.Refused || !strings.Contains(v.Message, test.place) {
				t.Errorf("got %v", err)
			}
		})
	}
	p := newPool(t)
	project := p.project("a", simulator.DevelopmentKey, nil)
	project.Spec.CABundle = fromConfigMap()
	p.configMap("a", "").Data = nil
	if _, err := p.Open(t.Context(), project); !strings.Contains(err.Error(), `key "ca.crt" of ConfigMap "ca"`) {
		t.Errorf("got %v", err)
	}
}
