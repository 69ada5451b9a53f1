// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"fmt"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// InParallel runs a function for each of many at the same time, though not for too many.
func InParallel[T any](all []T, one func(T)) {
	GinkgoHelper()
	Expect(all).NotTo(BeEmpty(), "there is nothing to check")
	// Each asks less often, lest the API server be busy with that.
	SetDefaultEventuallyPollingInterval(max(pollingInterval, min(time.Duration(len(all))*pollingInterval/3, 5*pollingInterval)))
	defer SetDefaultEventuallyPollingInterval(pollingInterval)
	const most = 32
	turns := make(chan struct{}, most)
	var group sync.WaitGroup
	for _, each := range all {
		group.Go(func() {
			defer GinkgoRecover()
			turns <- struct{}{}
			defer func() {
				<-turns
				if failure := recover(); failure != nil {
					AddReportEntry(fmt.Sprintf("failed for %v", each))
					panic(failure)
				}
			}()
			one(each)
		})
	}
	group.Wait()
}
