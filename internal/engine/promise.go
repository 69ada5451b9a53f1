// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

// isPromised says that nothing can be read of a resource yet.
func isPromised(remote resource) bool { return remote != nil && remote.promised() }

// adoptPromise takes what was promised and cannot be read, such as an invitation to a room, so it
// cannot be compared. The object waits for it. When it is there it is adopted as the policy says,
// and deleting the object leaves it. If an earlier attempt to create it may have been carried out,
// it is ours if it turns out to be what that attempt sent.
func (p *pass) adoptPromise(remote resource, uncertain bool) error {
	if !uncertain {
		p.status.PendingCreate, p.status.AppliedFields, p.status.Adopted = nil, nil, new(true)
		p.outcome.adopted = true
	}
	return p.markSynced(remote)
}

// undecided says that no one knows yet whose a promised resource is.
func (p *pass) undecided(remote resource) bool {
	return isPromised(remote) && (p.status.IsAdopted() || p.status.PendingCreate != nil)
}
