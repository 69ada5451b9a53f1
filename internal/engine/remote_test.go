// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// creation is the call that created something, as MeshAgent received it, with what it created.
type creation struct {
	simulator.Call
	simulator.Foreign
}

// learn applies an object, waits until it is Ready, and tells how it was created.
func (h *harness) learn(obj engine.Object) creation {
	h.Helper()
	before := h.held()
	h.meshagent.ResetCalls()
	h.apply(obj)
	h.run(time.Minute)
	h.mustBeReady(obj)
	return h.creation(before)
}

// creation finds what was created since something was held, and by which call.
func (h *harness) creation(before map[simulator.Foreign]string) (made creation) {
	h.Helper()
	for _, call := range h.meshagent.Calls() {
		if call.Method == http.MethodPost && call.Status < http.StatusBadRequest {
			made.Call = call
		}
	}
	for where := range h.held() {
		if _, known := before[where]; !known {
			if made.ID != "" {
				h.Fatalf("two things were created: %v and %v", made.Foreign, where)
			}
			made.Foreign = where
		}
	}
	if made.ID == "" || made.Path == "" {
		h.Fatalf("nothing was created: %v", h.calls())
	}
	return made
}

// writes counts the calls that changed, or tried to change, what is stored where a creation went.
func (h *harness) writes(made creation) (n int) {
	for _, call := range h.meshagent.Calls() {
		if isWrite(call, made) {
			n++
		}
	}
	return n
}

// changes counts those that did change something.
func (h *harness) changes(made creation) (n int) {
	for _, call := range h.meshagent.Calls() {
		if isWrite(call, made) && call.Status < http.StatusBadRequest {
			n++
		}
	}
	return n
}

func isWrite(call simulator.Call, made creation) bool {
	path, err := url.PathUnescape(call.Path)
	return err == nil && call.Method != http.MethodGet && strings.HasPrefix(path+"/", made.Path+"/")
}

func (h *harness) calls() (all []string) {
	for _, call := range h.meshagent.Calls() {
		all = append(all, fmt.Sprintf("%s %s %d", call.Method, call.Path, call.Status))
	}
	return all
}

// held is all that MeshAgent holds, as JSON. Of values of secrets it has no more than what tells
// whether they are the same.
func (h *harness) held() map[simulator.Foreign]string {
	h.Helper()
	all := map[simulator.Foreign]string{}
	for _, one := range h.meshagent.All() {
		if value, ok := one.Doc["data_base64"]; ok {
			one.Doc["data_base64"] = fmt.Sprintf("%.8x", sha256.Sum256(fmt.Append(nil, value)))
		}
		text, err := json.Marshal(one.Doc)
		if err != nil {
			h.Fatal(err)
		}
		all[simulator.Foreign{Collection: one.Collection, ID: one.ID}] = string(text)
	}
	return all
}

// mustHoldAgain checks that MeshAgent holds just what it once held.
func (h *harness) mustHoldAgain(want map[simulator.Foreign]string) {
	h.Helper()
	if !h.holdsAgain(want) {
		h.FailNow()
	}
}

// holdsAgain is the same, and lets a test go on.
func (h *harness) holdsAgain(want map[simulator.Foreign]string) bool {
	h.Helper()
	got, ok := h.held(), true
	for where, document := range want {
		if got[where] != document {
			h.Errorf("%v was %s\nand is %q", where, document, got[where])
			ok = false
		}
	}
	for where, document := range got {
		if _, known := want[where]; !known {
			h.Errorf("%v is there: %s", where, document)
			ok = false
		}
	}
	return ok
}
