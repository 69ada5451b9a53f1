// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

var errNobodyReads = errors.New("nobody reads the output any more")

// endWithSignals ends the demo in an orderly way on the first signal. The second kills it, which still ends its children: they are
// on a leash (the packages child and controlplane).
func endWithSignals(end context.CancelCauseFunc) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		got := <-signals
		signal.Stop(signals)
		end(fmt.Errorf("it was asked to end (%v)", got))
	}()
	// Somebody must listen, else a write to a closed pipe ("make demo | head") kills us before anything is cleaned up.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
}
