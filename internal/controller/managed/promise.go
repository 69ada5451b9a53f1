// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import "github.com/meshagent/meshagent-operator/internal/meshagent"

// promised says that nothing can be read of a resource yet.
func promised(resource any) bool {
	promise, ok := resource.(meshagent.Promise)
	return ok && promise.Promised()
}

// adoptPromise takes what somebody else promised, such as an invitation to a room. It cannot be read, so it cannot be
// compared. The object waits for it. When it is there, it is adopted as the policy says, and deleting the object leaves it.
// It may also be ours, if the answer to an earlier attempt was lost. That cannot be known, and what is not known to be ours
// is not deleted.
func (p *pass[O, S, R]) adoptPromise(remote R) error {
	p.status.Intent, p.status.AppliedFields, p.status.Adopted = "", nil, new(true)
	p.outcome.adopted = true
	return p.settle(remote)
}
