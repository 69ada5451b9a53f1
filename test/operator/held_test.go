// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// record is something that MeshAgent holds.
type record struct {
	Path string // of the collection
	ID   string
	Doc  map[string]any
}

// held lists all that MeshAgent holds, in the order in which it came to be.
func (w *world) held() []record {
	GinkgoHelper()
	file := filepath.Join(GinkgoT().TempDir(), "held")
	Expect(w.meshagent.Save(file)).To(Succeed())
	text, err := os.ReadFile(file)
	Expect(err).NotTo(HaveOccurred())
	var all []record
	Expect(json.Unmarshal(text, &all)).To(Succeed())
	for i := range all {
		all[i].Path = strings.TrimPrefix(all[i].Path, "projects/"+w.meshagent.ProjectID()+"/")
	}
	return all
}

// names lists what MeshAgent holds by collection and id.
func (w *world) names() []string {
	GinkgoHelper()
	var names []string
	for _, one := range w.held() {
		names = append(names, one.Path+"/"+one.ID)
	}
	return names
}

// document is what MeshAgent holds for the sample; nil if it holds nothing.
func (l *life) document() map[string]any {
	GinkgoHelper()
	return l.documentOf(l.resource.Path, l.resource.ID)
}

func (w *world) documentOf(collection, id string) map[string]any {
	GinkgoHelper()
	for _, one := range w.held() {
		if one.Path == collection && one.ID == id {
			return one.Doc
		}
	}
	return nil
}

// remoteRoom finds a room in MeshAgent by name.
func (w *world) remoteRoom(name string) map[string]any {
	for _, document := range w.meshagent.Documents("rooms") {
		if document["name"] == name {
			return document
		}
	}
	return nil
}
