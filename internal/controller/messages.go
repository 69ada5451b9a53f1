// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

// What users read of a spec, or of a Secret or ConfigMap that it names, that cannot be used.
const (
	msgNotJSON        = "Secret %q cannot be written as JSON"
	msgSecretTooLarge = "Secret %q is larger than %d bytes in the form that MeshAgent stores. Remove keys, or choose some in spec.keys"
	msgNoKey          = "Secret %q has no key %q. Its keys: %s"
	msgEmptyKey       = "Key %q of Secret %q is empty. Put a value there"
	msgKeyTooLarge    = "Key %q of Secret %q is larger than %d bytes"
	msgEmptySecret    = "Secret %q is empty. Put at least one key there"
	msgBinaryVariable = "Key %q of Secret %q is not UTF-8 text and cannot be an environment variable. Set spec.type to Raw to carry bytes"
	msgSameVariable   = "spec.keys gives two keys of Secret %q the name %q. Give each key its own name"
	msgManyRegistries = "Secret %q has credentials of %d registries (%s). Name one in spec.registry"
	msgNoRegistry     = "Secret %q has no credentials of registry %q. Its registries: %s"
	msgBadAuth        = "The auth of entry %q in Secret %q cannot be read. It must be username:password in base64"
	msgNoLogin        = "Entry %q in Secret %q has no username or no password"
	msgBinaryLogin    = "The username or the password of entry %q in Secret %q is not UTF-8 text"
	msgNoAuths        = "Key %q of Secret %q has no credentials under \"auths\""
	msgNoCredentials  = "Key %q of Secret %q has no credentials"
	msgNoDocker       = "Secret %q of type %q has no registry credentials. It must have the key .dockerconfigjson, or the keys username and password"
	msgWhichRegistry  = "Secret %q has a username and a password. Name their registry in spec.registry"
	msgBinaryConfig   = "Key %q of Secret %q is not UTF-8 text"
	msgNotDocker      = "Key %q of Secret %q is not a Docker configuration"
	msgBadSchema      = "The messageSchema of queue %q of agent %q in spec.agents is not a JSON object: %v"
	msgUnfitSecret    = "%s names MeshSecret %q, which is %s. It must be %s"
	msgBadVariable    = "spec.template.values has %q, which cannot be the name of a variable. Use letters, digits and underscores only"
	msgTwice          = "%q is in both spec.template.values and spec.template.valuesFrom. Remove one of them"
	msgNoConfigMapKey = "ConfigMap %q has no key %q, which spec.template.valuesFrom names for %q"
	msgBinaryValue    = "Key %q of ConfigMap %q is not UTF-8 text and cannot be the value of %q in the template"
	msgNoContent      = "%s %q has no key %q, which spec.content names. Its keys: %s"
	msgNoImage        = "MeshRepository %q has no image name yet. MeshAgent must tell the domain of its registry and the key of the project, which the MeshProject has in status.domains.registry and status.projectKey"
	msgFeedSchema     = "spec.messageSchema must be a JSON schema, which is an object or a boolean"
	msgRoomMetadata   = "spec.metadata is not a JSON object: %v"
	msgTaskPayload    = "spec.queue.payload is not a JSON object: %v"
	msgShareSettings  = "spec.settings is not a JSON object: %v"
	msgReservedKey    = "spec.settings has %q, and keys under meshagent.com/ are reserved for the operator. Remove it"
	msgServerWaits    = "MCP server %q waits for MeshSecret %q"
	msgServersWait    = ", and %d more secrets are missing"
	msgNotOfAgent     = "MCP server %q names MeshSecret %q, which is %s. It must be a secret of this agent: set spec.agentRef of the MeshSecret to it"
	msgVariablePlace  = "The variable %q in spec.container.environment"
)
