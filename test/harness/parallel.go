// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"fmt"
	"reflect"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// InParallel runs a function for many values at the same time, with a limit.
func InParallel[T any](all []T, one func(T)) {
	GinkgoHelper()
	Expect(all).NotTo(BeEmpty(), "there is nothing to check")
	// Each of them polls less often, so that the API server is not busy with polls.
	SetDefaultEventuallyPollingInterval(max(pollingInterval, min(time.Duration(len(all))*pollingInterval/8, 2*pollingInterval)))
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

// TableRow is a row of DescribeRows.
type TableRow struct {
	name       string
	parameters []any
}

func (r TableRow) String() string { return r.name }

// Row creates a row with a name and parameters.
func Row(name string, parameters ...any) TableRow { return TableRow{name, parameters} }

// DescribeRows is like DescribeTable, but runs all rows in one spec at the same time. It is for
// rows that mostly wait. The body takes a SpecContext and the parameters.
func DescribeRows(text string, body any, rows ...TableRow) bool {
	run := reflect.ValueOf(body)
	return It(text, Offset(1), func(ctx SpecContext) {
		InParallel(rows, func(row TableRow) {
			in := []reflect.Value{reflect.ValueOf(ctx)}
			for i, parameter := range row.parameters {
				if parameter == nil {
					in = append(in, reflect.Zero(run.Type().In(i+1)))
				} else {
					in = append(in, reflect.ValueOf(parameter))
				}
			}
			run.Call(in)
		})
	})
}
