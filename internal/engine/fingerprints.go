// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"encoding/json"
	"hash/maphash"
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// remembered is something that this process knows of each object.
type remembered[T any] struct {
	mu  sync.Mutex
	all map[types.UID]T
}

// fingerprintKey is another one in each process: what is desired may be a secret, of which only such a hash stays in memory.
var fingerprintKey = maphash.MakeSeed()

func fingerprint(desired any) uint64 {
	text, err := json.Marshal(desired)
	if err != nil {
		return 0 // it cannot be written to MeshAgent either
	}
	return maphash.Bytes(fingerprintKey, text)
}

func (r *remembered[T]) get(uid types.UID) (T, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found, ok := r.all[uid]
	return found, ok
}

func (r *remembered[T]) set(uid types.UID, now T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[types.UID]T{}
	}
	r.all[uid] = now
}

func (r *remembered[T]) forget(uid types.UID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, uid)
}
