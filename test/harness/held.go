// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// Record is a document in MeshAgent.
type Record struct {
	Path string // of the collection
	ID   string
	Doc  map[string]any
}

// Held lists all documents in MeshAgent, in the order of their creation.
func (w *Env) Held() []Record {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), "held")
	Expect(w.MeshAgent.Save(file)).To(Succeed())
	text, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	var all []Record
	Expect(json.Unmarshal(text, &all)).To(Succeed())
	for i := range all {
		all[i].Path = strings.TrimPrefix(all[i].Path, "projects/"+w.MeshAgent.ProjectID()+"/")
	}
	return all
}

// HeldNames lists the documents in MeshAgent by collection and id.
func (w *Env) HeldNames() []string {
	GinkgoHelper()
	var names []string
	for _, one := range w.Held() {
		if one.Path != "billing" { // which the simulator makes when it is first asked about
			names = append(names, one.Path+"/"+one.ID)
		}
	}
	return names
}

// Document returns the sample's document in MeshAgent, or nil if there is none.
func (l *Fixture) Document() map[string]any {
	GinkgoHelper()
	return l.DocumentOf(l.Resource.Path, l.Resource.ID)
}

// DocumentOf returns the document of a collection with an id, or nil if there is none.
func (w *Env) DocumentOf(collection, id string) map[string]any {
	GinkgoHelper()
	for _, one := range w.Held() {
		if one.Path == collection && one.ID == id {
			return one.Doc
		}
	}
	return nil
}

// RemoteRoom finds a room in MeshAgent by name.
func (w *Env) RemoteRoom(name string) map[string]any {
	for _, document := range w.MeshAgent.Documents("rooms") {
		if document["name"] == name {
			return document
		}
	}
	return nil
}
