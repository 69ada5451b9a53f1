// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package verdict

// What users read of an answer of MeshAgent. The placeholder %s at the end is what MeshAgent said,
// if that can be shown, with a colon before it.
const (
	msgUnreachable  = "MeshAgent is unreachable: "
	msgIntermediary = "Something between the operator and MeshAgent answered: "
	msgUnauthorized = "MeshAgent rejected the API key (401). Put a valid API key into the Secret that the MeshProject names"
	msgForbidden    = "The API key lacks the right for this request (403)%s. Grant the right in MeshAgent, or use another API key"
	msgNotFound     = "MeshAgent returned 404 Not Found%s. Retrying"
	msgConflict     = "MeshAgent reported a conflict (409)%s. Retrying"
	msgDisabled     = "The parent is disabled in MeshAgent (423)%s. Retrying"
	msgRateLimited  = "Rate limited (429). Retrying after the delay that MeshAgent, or spec.rateLimit of the MeshProject, asks for"
	msgFails        = "MeshAgent returned %d %s%s. Retrying"
	msgRejected     = "MeshAgent rejected the request (%d)%s"
	msgSetSecretRef = ". Name the Secret with this value in the spec, so that the operator can send it"
)
