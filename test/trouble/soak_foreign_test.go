// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/test/harness"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// disturbRoom changes a room in MeshAgent, which is not theirs.
func (s *soak) disturbRoom() (changed bool) {
	documents := s.MeshAgent.Documents("rooms")
	id := fmt.Sprint(documents[s.random.IntN(len(documents))]["id"])
	return !s.others.owns("rooms", id) && s.MeshAgent.Edit("rooms", id, func(doc map[string]any) {
		if metadata, ok := doc["metadata"].(map[string]any); ok && metadata["n"] != nil {
			metadata["n"], changed = -1, true
		}
	}) && changed
}

// takeName has others create the resource that a sample declares, if nothing has the name.
func (s *soak) takeName(ctx context.Context, _ harness.Sample) bool {
	GinkgoHelper()
	if len(s.others.own()) >= mostTheirs {
		return false
	}
	for _, at := range s.random.Perm(len(s.samples)) {
		one := s.samples[at]
		if _, isGrant := one.Fresh().(*v1alpha1.MeshRoomGrant); isGrant {
			// The identity of a grant is its room and its user. Until the object is gone, theirs
			// cannot be told from the one that the object is about to delete.
			obj := s.present(one)
			err := s.Get(ctx, client.ObjectKeyFromObject(obj), obj)
			Expect(client.IgnoreNotFound(err)).To(Succeed())
			if err == nil {
				continue
			}
		}
		if s.others.takeFree(s.ids[one.String()]) {
			return true
		}
	}
	return false
}

// takeRoomName has others create the room that comes next.
func (s *soak) takeRoomName(ctx context.Context, one harness.Sample) bool {
	GinkgoHelper()
	if len(s.others.own()) >= mostTheirs || len(s.rooms) >= mostRooms {
		return false
	}
	s.others.takeRoom(s.nextRoom())
	return s.roomComes(ctx, one)
}

// othersLeave has others delete one of their resources, which must be as they created it.
func (s *soak) othersLeave(ctx context.Context, _ harness.Sample) bool {
	GinkgoHelper()
	theirs := s.others.own()
	if len(theirs) == 0 {
		return false
	}
	s.leaves(ctx, theirs[s.random.IntN(len(theirs))])
	return true
}

// leaves deletes a resource of theirs. It must be as they created it, and no object may claim it.
func (s *soak) leaves(ctx context.Context, one simulator.Foreign) {
	GinkgoHelper()
	Expect(s.others.changed(one)).To(BeEmpty(), "%s", one.Collection)
	for _, obj := range s.objects() {
		err := s.Get(ctx, client.ObjectKeyFromObject(obj), obj)
		Expect(client.IgnoreNotFound(err)).To(Succeed())
		if err == nil && obj.GetDeletionTimestamp() == nil {
			Expect(obj.(v1alpha1.Object).CommonStatus().ID).NotTo(Equal(one.ID), "%T %s claims what others created in %s", obj, obj.GetName(), one.Collection)
		}
	}
	s.others.remove(one)
}

// disturb changes a sample's resource in MeshAgent, if it is there.
func (s *soak) disturb(ctx context.Context, one harness.Sample) (disturbed bool) {
	GinkgoHelper()
	obj := s.present(one)
	err := s.Get(ctx, client.ObjectKeyFromObject(obj), obj)
	Expect(client.IgnoreNotFound(err)).To(Succeed())
	status := obj.(v1alpha1.Object).CommonStatus()
	for _, found := range s.Held() {
		if found.ID != status.ID || s.others.owns(found.Path, found.ID) {
			continue
		}
		var key []string // what makes it this resource, which MeshAgent lets no one change
		if about, err := harness.Validator().Created(http.MethodPost, "/accounts/projects/"+s.MeshAgent.ProjectID()+"/"+found.Path); err == nil {
			key = about.Key()
		}
		s.MeshAgent.Edit(found.Path, found.ID, func(doc map[string]any) {
			if slices.ContainsFunc(harness.AppliedFields(status), func(field string) bool {
				return !strings.HasSuffix(field, "_id") && !slices.Contains(key, field) &&
					(harness.ChangeString(harness.WrittenPart(doc), field) || harness.ChangeFlag(harness.WrittenPart(doc), field))
			}) {
				s.disturbed[one.Kind]++
				disturbed = true
			}
		})
	}
	return disturbed
}
