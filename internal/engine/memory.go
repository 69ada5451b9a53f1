// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"encoding/json"
	"hash/maphash"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/resourceversion"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// memory is what this process knows of one object, beyond what Kubernetes holds of it. It is a
// cache: without it a pass decides the same, and asks more.
type memory struct {
	written     ownWrite
	synced      *lastSync
	unconfirmed *unconfirmed
	deleted     bool // its resource was deleted, and the object is to be released
	unready     bool // this process was the first to look at it, and it was never Ready
}

// lastSync are the fingerprints of what was desired, and of the ids that it refers to, when it was
// last in sync. They tell a user's change from others', and whether a list from before may be
// believed.
type lastSync struct{ desired, references uint64 }

// ownWrite is the last version of an object that this process wrote and has not read yet.
type ownWrite struct {
	version string
	at      time.Time
}

// memories are those of all objects, of all kinds.
type memories struct {
	mu  sync.Mutex
	all map[types.UID]memory
}

func (m *memories) of(obj client.Object) memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all[obj.GetUID()]
}

func (m *memories) change(obj client.Object, change func(*memory)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := m.all[obj.GetUID()]
	change(&one)
	if one == (memory{}) {
		delete(m.all, obj.GetUID())
		return
	}
	if m.all == nil {
		m.all = map[types.UID]memory{}
	}
	m.all[obj.GetUID()] = one
}

// forget drops all that is known of an object that is gone.
func (m *memories) forget(obj client.Object) {
	m.change(obj, func(one *memory) { *one = memory{} })
}

// noteWrite remembers a version that this process wrote. The cache lags behind, and a pass over an
// older version would not know what the last one did: it would create a second time. (The client's
// own EnableReadYourWritesConsistency does not work with more than one watched namespace.)
func (m *memories) noteWrite(obj client.Object) {
	m.change(obj, func(one *memory) { one.written = ownWrite{obj.GetResourceVersion(), time.Now()} })
}

// maxUnseen is how long a pass waits for the cache to show its own write. A cache that is restored
// to an older state never shows it.
const maxUnseen = time.Minute

// isBehind says that obj, as the cache shows it, is older than what was written.
func (m *memories) isBehind(obj client.Object) bool {
	own := m.of(obj).written
	if own.version == "" {
		return false
	}
	if compared, err := resourceversion.CompareResourceVersion(obj.GetResourceVersion(), own.version); err == nil && compared < 0 && time.Since(own.at) < maxUnseen {
		return true
	}
	m.change(obj, func(one *memory) { one.written = ownWrite{} })
	return false
}

// fingerprintKey is another one in each process: what is desired can be a secret, and only such a
// hash of it stays in memory.
var fingerprintKey = maphash.MakeSeed()

func fingerprint(desired any) uint64 {
	text, err := json.Marshal(desired)
	if err != nil {
		return 0 // it cannot be written to MeshAgent either
	}
	return maphash.Bytes(fingerprintKey, text)
}
