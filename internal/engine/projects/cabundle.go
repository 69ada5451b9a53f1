// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// bundle are the CA certificates of a MeshProject. The zero value has none.
type bundle struct {
	digest       [sha256.Size]byte
	certificates []*x509.Certificate
}

// roots are the system's CAs together with those of the bundle; nil: the system's alone.
func (b bundle) roots() (*x509.CertPool, error) {
	if len(b.certificates) == 0 {
		return nil, nil //nolint:nilnil // that is how crypto/tls has it
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("reading the CA certificates of the system: %w", err)
	}
	for _, certificate := range b.certificates {
		pool.AddCert(certificate)
	}
	return pool, nil
}

// bundleSource is where the certificates of a bundle are. It changes whenever they do.
type bundleSource struct {
	inline    string
	configMap v1alpha1.ConfigMapKeyReference
	version   string // of the ConfigMap
}

// bundleSource finds it, without reading the ConfigMap.
func (p *Pool) bundleSource(ctx context.Context, project *v1alpha1.MeshProject) (bundleSource, error) {
	from := project.Spec.CABundle
	if from == nil || from.ConfigMapKeyRef == nil {
		if from == nil {
			return bundleSource{}, nil
		}
		return bundleSource{inline: from.Inline}, nil
	}
	version, err := p.versionOf(ctx, "ConfigMap", types.NamespacedName{Namespace: project.Namespace, Name: string(from.ConfigMapKeyRef.Name)})
	if apierrors.IsNotFound(err) {
		return bundleSource{}, bundleNotFound(string(from.ConfigMapKeyRef.Name), project.Namespace)
	}
	return bundleSource{configMap: *from.ConfigMapKeyRef, version: version}, err
}

func bundleNotFound(name, namespace string) error {
	return verdict.WaitFor(v1alpha1.ReasonReferenceNotFound,
		msgNoBundle, name, namespace)
}

// readBundle reads the CA certificates of a MeshProject.
func (p *Pool) readBundle(ctx context.Context, project *v1alpha1.MeshProject) (bundle, error) {
	from := project.Spec.CABundle
	if from == nil {
		return bundle{}, nil
	}
	if from.ConfigMapKeyRef == nil {
		return parseBundle("spec.caBundle.inline", []byte(from.Inline))
	}
	var source corev1.ConfigMap
	name, field := string(from.ConfigMapKeyRef.Name), from.ConfigMapKeyRef.Key
	err := p.Live.Get(ctx, types.NamespacedName{Namespace: project.Namespace, Name: name}, &source)
	if apierrors.IsNotFound(err) {
		return bundle{}, bundleNotFound(name, project.Namespace)
	}
	if err != nil {
		return bundle{}, fmt.Errorf("reading ConfigMap %q: %w", name, err)
	}
	text := source.BinaryData[field]
	if value, ok := source.Data[field]; ok {
		text = []byte(value)
	}
	return parseBundle(fmt.Sprintf("key %q of ConfigMap %q (spec.caBundle.configMapKeyRef)", field, name), text)
}

// parseBundle reads certificates in PEM format. Whatever else is among them is skipped.
func parseBundle(place string, text []byte) (bundle, error) {
	made := bundle{digest: sha256.Sum256(text)}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return bundle{}, verdict.Invalid(msgBadCertificate, len(made.certificates)+1, place, err)
		}
		made.certificates = append(made.certificates, certificate)
	}
	if len(made.certificates) == 0 {
		return bundle{}, verdict.Invalid(msgNoCertificate, place)
	}
	return made, nil
}
