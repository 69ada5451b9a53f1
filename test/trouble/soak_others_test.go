// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// ownMark is what the names of annotations begin with in which the operator says whose a resource
// is.
const ownMark = "meshagent.com/"

// others are the other users of MeshAgent. They stand on the way there: so they see every creation,
// can be quicker with one that is refused, and notice when an update drops what the operator does
// not know.
type others struct {
	meshagent *simulator.Simulator

	mu        sync.Mutex
	random    *rand.Rand
	creations map[string]simulator.Call    // by the id of what was created
	theirs    map[simulator.Foreign]string // what they created, as it was then
	quicker   bool                         // the next creation is refused, and they create the same
	taken     int                          // names, while a creation was refused
	carried   int                          // members that the operator does not know, through updates
	lost      []string                     // such members, in words
}

func newOthers(meshagent *simulator.Simulator, random *rand.Rand) *others {
	return &others{meshagent: meshagent, random: random, creations: map[string]simulator.Call{}, theirs: map[simulator.Foreign]string{}}
}

// watch lets requests through, writes one after the other.
func (o *others) watch(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		return next.RoundTrip(r)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	sent, err := bodyOf(r)
	if err != nil {
		return nil, err
	}
	recorded := simulator.Call{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.RawQuery, RequestBody: sent}
	if r.Method == http.MethodPost && o.quicker && o.take(recorded) {
		o.quicker = false
		o.taken++
		return o.refusal(r)
	}
	before := o.documents()
	resp, err := next.RoundTrip(r)
	after := o.documents()
	switch r.Method {
	case http.MethodPost:
		for where := range after {
			if _, known := before[where]; !known {
				o.creations[where.ID] = recorded
			}
		}
	case http.MethodPut:
		o.compare(before, after)
	}
	return resp, err
}

// bodyOf reads the body of a request, which can be sent all the same.
func bodyOf(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

// refusal is an answer to a creation that was not carried out, or none.
func (o *others) refusal(r *http.Request) (*http.Response, error) {
	statuses := []int{400, 403, 422, 429, 500, 503, 0}
	status := statuses[o.random.IntN(len(statuses))]
	if status == 0 {
		return nil, errors.New("lost, while another user took the name")
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Retry-After": {"1"}}, Body: io.NopCloser(strings.NewReader("another user is quicker")), Request: r,
	}, nil
}

func (o *others) documents() map[simulator.Foreign]map[string]any {
	all := map[simulator.Foreign]map[string]any{}
	for _, one := range o.meshagent.All() {
		all[simulator.Foreign{Collection: one.Collection, ID: one.ID}] = one.Doc
	}
	return all
}

// compare notes what an update dropped of what the operator does not know: an object that is still
// there has it still.
func (o *others) compare(before, after map[simulator.Foreign]map[string]any) {
	for where, doc := range after {
		if reflect.DeepEqual(before[where], doc) {
			continue
		}
		then, now := simulator.NewerMembers(before[where]), simulator.NewerMembers(doc)
		for at, value := range then {
			got, there := now[at]
			if value == "" || !there {
				continue
			}
			o.carried++
			if got != value {
				o.lost = append(o.lost, where.Collection+at+" had "+value+" and has "+got)
			}
		}
	}
}

// take creates what a call would create, as another user who wants the same name and something
// else. It says whether it could.
func (o *others) take(recorded simulator.Call) bool {
	made, err := o.meshagent.CreateForeign(recorded, ownMark, false)
	if err != nil {
		return false
	}
	// What differs so far may be in a part of a service that users take out of the spec again. Then
	// the object might adopt theirs.
	o.meshagent.Edit(made.Collection, made.ID, func(doc map[string]any) {
		for part, member := range map[string]string{"container": "image", "external": "url"} {
			if inner, ok := doc[part].(map[string]any); ok {
				inner[member] = fmt.Sprint(inner[member], "-of-another-user")
			}
		}
	})
	o.theirs[made] = o.shows(made)
	return true
}

// takeFree creates what the operator created once, if its name is free.
func (o *others) takeFree(id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	recorded, known := o.creations[id]
	return known && o.take(recorded)
}

// takeRoom creates a room whose name the operator is going to need.
func (o *others) takeRoom(name string) {
	GinkgoHelper()
	o.mu.Lock()
	defer o.mu.Unlock()
	body := fmt.Sprintf(`{"name": %q, "metadata": {"n": 1}}`, name)
	path := "/accounts/projects/" + o.meshagent.ProjectID() + "/rooms"
	if !o.take(simulator.Call{Method: http.MethodPost, Path: path, RequestBody: []byte(body)}) {
		Fail("the name is taken: " + name)
	}
}

// beQuicker says whether they take the name in the next creation, which is refused then.
func (o *others) beQuicker(quicker bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.quicker = quicker
}

// shows is all that MeshAgent holds of what they created.
func (o *others) shows(one simulator.Foreign) string {
	text, err := json.Marshal(o.documents()[one])
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// own are the resources that they created and that are there.
func (o *others) own() []simulator.Foreign {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []simulator.Foreign
	for one := range o.theirs {
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b simulator.Foreign) int { return strings.Compare(a.Collection+a.ID, b.Collection+b.ID) })
	return all
}

// owns says that they created a resource.
func (o *others) owns(collection, id string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, owns := o.theirs[simulator.Foreign{Collection: collection, ID: id}]
	return owns
}

// changed is how a resource of theirs is not as they created it; "" if it is.
func (o *others) changed(one simulator.Foreign) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if now := o.shows(one); now != o.theirs[one] {
		return o.theirs[one] + " became " + now
	}
	return ""
}

// remove deletes a resource of theirs.
func (o *others) remove(one simulator.Foreign) {
	GinkgoHelper()
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.meshagent.Remove(one.Collection, one.ID) {
		Fail("it is gone: " + o.theirs[one])
	}
	delete(o.theirs, one)
}
