// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"encoding/json"
	"hash/maphash"
	"sync"

	"k8s.io/apimachinery/pkg/types"
)

// fingerprints remember what was desired of each object when it was last in sync, to tell a user's change from somebody else's. What is
// desired may be a secret: only a hash of it stays in memory, under a key that is another one in each process.
type fingerprints struct {
	mu  sync.Mutex
	all map[types.UID]uint64
}

var fingerprintKey = maphash.MakeSeed()

func fingerprint(desired any) uint64 {
	text, err := json.Marshal(desired)
	if err != nil {
		return 0 // it cannot be written to MeshAgent either
	}
	return maphash.Bytes(fingerprintKey, text)
}

func (f *fingerprints) get(uid types.UID) (uint64, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	found, ok := f.all[uid]
	return found, ok
}

func (f *fingerprints) set(uid types.UID, now uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.all == nil {
		f.all = map[types.UID]uint64{}
	}
	f.all[uid] = now
}

func (f *fingerprints) forget(uid types.UID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.all, uid)
}
