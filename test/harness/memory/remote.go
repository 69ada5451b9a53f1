// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/contract"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// Creation is the call that created a document, as MeshAgent received it, with the document.
type Creation struct {
	simulator.Call
	simulator.Foreign

	// About is what the contract says about such documents.
	About *contract.Resource
	// Paths is a regular expression for the escaped paths of all calls about such documents.
	Paths string
}

// ApplyAndLearn applies an object, waits until it is Ready, and returns its creation.
func (c *Cluster) ApplyAndLearn(obj v1alpha1.Object) Creation {
	c.Helper()
	before := c.Held()
	c.MeshAgent.ResetCalls()
	c.Apply(obj)
	c.Run(time.Minute)
	c.RequireReady(obj)
	return c.CreatedSince(before)
}

// CreatedSince returns what was created since before, and by which call.
func (c *Cluster) CreatedSince(before map[simulator.Foreign]string) (made Creation) {
	c.Helper()
	validator, err := contract.Load()
	if err != nil {
		c.Fatal(err)
	}
	for _, call := range c.MeshAgent.Calls() { // what the object needs may be written meanwhile
		if call.Method == http.MethodGet || call.Status >= http.StatusBadRequest {
			continue
		}
		if about, err := validator.Created(call.Method, call.Path); err == nil {
			made.Call, made.About = call, about
			break
		}
	}
	for where := range c.Held() {
		if _, known := before[where]; !known {
			if made.ID != "" {
				c.Fatalf("two things were created: %v and %v", made.Foreign, where)
			}
			made.Foreign = where
		}
	}
	if made.ID == "" || made.About == nil {
		c.Fatalf("nothing was created: %v", c.Calls())
	}
	made.Paths = made.About.Paths()
	return made
}

// Writes counts the calls that changed, or tried to change, documents in the collection of a
// creation.
func (c *Cluster) Writes(made Creation) (n int) {
	for _, call := range c.MeshAgent.Calls() {
		if isWrite(call, made) {
			n++
		}
	}
	return n
}

// Changes counts those Writes that changed something.
func (c *Cluster) Changes(made Creation) (n int) {
	for _, call := range c.MeshAgent.Calls() {
		if isWrite(call, made) && call.Status < http.StatusBadRequest && !call.Existed {
			n++
		}
	}
	return n
}

func isWrite(call simulator.Call, made Creation) bool {
	return call.Method != http.MethodGet && made.Concerns(call)
}

// Concerns is true if a call is about documents like the one that was created.
func (made Creation) Concerns(call simulator.Call) bool {
	return regexp.MustCompile(made.Paths).MatchString(call.Path)
}

// Calls lists the calls to MeshAgent since the last reset, with the status of each response.
func (c *Cluster) Calls() (all []string) {
	for _, call := range c.MeshAgent.Calls() {
		all = append(all, fmt.Sprintf("%s %s %d", call.Method, call.Path, call.Status))
	}
	return all
}

// Held returns all documents of MeshAgent as JSON. Values of secrets are replaced by a text that is
// equal for equal values.
func (c *Cluster) Held() map[simulator.Foreign]string {
	c.Helper()
	all := map[simulator.Foreign]string{}
	for _, one := range c.MeshAgent.All() {
		if value, ok := one.Doc["data_base64"]; ok {
			one.Doc["data_base64"] = fmt.Sprintf("%.8x", sha256.Sum256(fmt.Append(nil, value)))
		}
		text, err := json.Marshal(one.Doc)
		if err != nil {
			c.Fatal(err)
		}
		all[simulator.Foreign{Collection: one.Collection, ID: one.ID}] = string(text)
	}
	return all
}

// RequireHeld checks that MeshAgent holds exactly what it held before.
func (c *Cluster) RequireHeld(want map[simulator.Foreign]string) {
	c.Helper()
	if !c.CheckHeld(want) {
		c.FailNow()
	}
}

// CheckHeld is RequireHeld, but lets the test continue.
func (c *Cluster) CheckHeld(want map[simulator.Foreign]string) bool {
	c.Helper()
	got, ok := c.Held(), true
	for where, document := range want {
		if got[where] != document {
			c.Errorf("%v was %s\nand is %q", where, document, got[where])
			ok = false
		}
	}
	for where, document := range got {
		if _, known := want[where]; !known {
			c.Errorf("%v is there: %s", where, document)
			ok = false
		}
	}
	return ok
}
