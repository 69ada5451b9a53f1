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

// Record is something that MeshAgent holds.
type Record struct {
	Path string // of the collection
	ID   string
	Doc  map[string]any
}

// Held lists all that MeshAgent holds, in the order in which it came to be.
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

// HeldNames lists what MeshAgent holds by collection and id.
func (w *Env) HeldNames() []string {
	GinkgoHelper()
	var names []string
	for _, one := range w.Held() {
		names = append(names, one.Path+"/"+one.ID)
	}
	return names
}

// Document is what MeshAgent holds for the sample; nil if it holds nothing.
func (l *Fixture) Document() map[string]any {
	GinkgoHelper()
	return l.DocumentOf(l.Resource.Path, l.Resource.ID)
}

// DocumentOf is what MeshAgent holds in a collection by an id; nil if it holds nothing.
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
