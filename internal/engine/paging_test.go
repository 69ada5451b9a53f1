// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine_test

import (
	"context"
	"iter"
	"net/http"
	"testing"
	"testing/synctest"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/controller" //nolint:depguard // a test of the engine needs a kind
	"github.com/meshagent/meshagent-operator/internal/meshagent"
	"github.com/meshagent/meshagent-operator/test/simulator"
)

// lists are feeds whose lists continue in a way that the client does not know.
type lists struct {
	meshagent.Collection[meshagent.FeedSpec, meshagent.Feed]

	asked *int
}

func (l lists) All(context.Context) iter.Seq2[meshagent.Feed, error] {
	*l.asked++
	return func(yield func(meshagent.Feed, error) bool) {
		yield(meshagent.Feed{}, &meshagent.NetworkError{Method: http.MethodGet, Route: l.Path(), Cause: meshagent.ErrUnknownPaging})
	}
}

// Its list continues where no one can follow. What is known by its id can be deleted all the same.
func TestAListThatContinuesInAnUnknownWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room, feed := newRoom(), newFeed()
		s := newStage(t, simulator.Behavior{}, room, feed)
		_, _, _ = s.check()
		_, _ = s.pass(feed)
		s.mustSay(feed, "Ready=True Available")
		asked := 0
		kind := controller.Feed
		kind.Collection = func(project *meshagent.Project, _ *v1alpha1.MeshFeed, _ string) meshagent.Collection[meshagent.FeedSpec, meshagent.Feed] {
			return lists{project.Feeds(), &asked}
		}
		s.restart()
		s.reconcilers["MeshFeed"] = kind.Reconciler(s.env)
		later()
		for range 3 {
			_, _ = s.pass(feed)
			_, _ = s.pass(room)
		}
		s.mustSay(feed, "Ready=True Available")
		s.mustSay(feed, "Stalled=True Unsupported")
		s.mustSay(room, "Synced=True InSync")
		if asked != 1 {
			t.Errorf("it was listed %d times", asked)
		}
		if len(s.env.Projects.RequestedChecks()) != 1 {
			t.Error("the MeshProject is not checked")
		}
		s.delete(feed)
		_, _ = s.pass(feed)
		if !s.gone(feed) {
			t.Error("the object is not gone")
		}
		s.mustHold("feeds", 0)
	})
}

// The lists of a newer server continue with a token, and look short to who does not know that.
func TestListsThatContinueWithATokenLoseNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var objects []client.Object
		var all []*v1alpha1.MeshRoom
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			room := newRoom()
			room.ObjectMeta = named(name)
			all, objects = append(all, room), append(objects, room)
		}
		feed := newFeed()
		s := newStage(t, simulator.Behavior{}, append(objects, feed)...)
		_, _, _ = s.check()
		_, _ = s.pass(feed)
		for _, room := range all {
			_, _ = s.pass(room)
		}
		s.meshagent.Upgrade(simulator.Server{Version: "0.50.1", KeepsRoutes: true, TokenPages: 2})
		project, _, _ := s.check()
		mustSay(t, project, "APICompatible=True NewerThanTested")
		later()
		for _, room := range all {
			_, _ = s.pass(room)
			s.mustSay(room, "Ready=True Available")
			s.mustSay(room, "Stalled=True Unsupported")
		}
		_, _ = s.pass(feed)
		s.mustSay(feed, "Synced=True InSync") // its list ends on the first page
		s.mustHold("rooms", len(all))
		s.delete(all[0])
		_, _ = s.pass(all[0])
		if !s.gone(all[0]) {
			t.Error("the object is not gone")
		}
		s.mustHold("rooms", len(all)-1)
	})
}
