// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"time"
)

// mostHeap is how far the heap can grow in the chart's memory limit of 256 MiB.
const mostHeap = 200 << 20

// heapPeak returns how much the heap grew at most while a function ran. The garbage collector works
// as in the manager, which tells it a memory limit: whatever GOGC is, and however slow the machine,
// the heap exceeds the limit only if that much is in use.
func heapPeak(run func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(mostHeap))
	read := func() uint64 { // as HeapAlloc of runtime.MemStats, without stopping the world for it
		heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(heap)
		return heap[0].Value.Uint64()
	}
	runtime.GC()
	before, peak, done := read(), atomic.Uint64{}, make(chan struct{})
	var watching sync.WaitGroup
	watching.Go(func() {
		for {
			peak.Store(max(peak.Load(), read()))
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	})
	run()
	close(done)
	watching.Wait()
	return max(peak.Load(), before) - before
}
