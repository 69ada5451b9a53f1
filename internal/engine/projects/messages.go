// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

// What users read if an object cannot use its MeshProject, or a MeshProject cannot connect.
const (
	msgDeleting              = "%s is being deleted"
	msgNotChecked            = "%s has not been reconciled yet"
	msgUnreachable           = "MeshAgent is unreachable: %v" // as verdict says it
	msgNotReady              = "%s is not Ready: %s"
	msgNotWatched            = "MeshProject %q is in namespace %q, which this operator does not watch (--watch-namespaces)"
	msgNoProject             = "MeshProject %q does not exist in namespace %q"
	msgNoSecret              = "Secret %q does not exist in namespace %q. Create it with the API key"
	msgNoKey                 = "Secret %q has no key %q. Put the API key there, or set spec.apiKeySecretRef.key"
	msgNoAPIKey              = "Key %q of Secret %q does not hold an API key: %v"
	msgOtherProject          = "The API key in Secret %q belongs to project %s, but spec.projectID is %s. Correct one of them"
	msgNotAllowed            = "%s does not allow objects of namespace %q. Add the namespace to its spec.allowedNamespaces"
	msgNotPrivileged         = "%s does not allow objects of namespace %q to change or hand out the project. Create the object in the namespace of the MeshProject, or add namespace %q to its spec.privilegedNamespaces"
	msgBadSelector           = "%s has an invalid %s.selector: %v"
	msgOwnEndpointNotAllowed = "The operator does not allow its own endpoint %q. Add it to the operator's flag --allowed-endpoints (chart value allowedEndpoints), or set spec.endpoint to an endpoint that is allowed"
	msgEndpointNotAllowed    = "The operator does not allow the endpoint %q (spec.endpoint). Add it to the operator's flag --allowed-endpoints (chart value allowedEndpoints), or use an endpoint that is allowed"
	msgBadCertificate        = "Certificate %d in %s cannot be read: %v. Replace it with a CA certificate in PEM format"
	msgNoCertificate         = "There is no certificate in %s. Put at least one CA certificate in PEM format there"
	msgNoBundle              = "ConfigMap %q does not exist in namespace %q. Create it with the CA certificates, or correct spec.caBundle.configMapKeyRef"
)
