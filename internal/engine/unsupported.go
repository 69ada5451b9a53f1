// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Need is a feature of the API without which an object cannot be reconciled.
type Need struct {
	Feature meshagent.Feature
	// Field is what in the spec needs it, such as spec.roomRef. Empty: the kind as such.
	Field string
	// Instead says in a sentence what to do on a server without the feature. Empty: there is
	// nothing.
	Instead string
}

// apiOf is what the server of a MeshProject speaks, as far as its last check found out.
func apiOf(project *v1alpha1.MeshProject) meshagent.API {
	return meshagent.API{Generation: meshagent.Generation(project.Status.APIGeneration), Version: project.Status.APIVersion}
}

// unsupported says that the server cannot do what the object asks for. What is there was not
// touched, so that what was Ready stays so.
func unsupported(format string, args ...any) error {
	return &verdict.Problem{Class: verdict.Refused, Reason: v1alpha1.ReasonUnsupported, Message: fmt.Sprintf(format, args...), KeepsReady: true}
}

// supported makes sure that the server has what the object needs, by what its MeshProject tells. It
// sends no request.
func (p *pass) supported(ctx context.Context) error {
	project := p.project
	if project == nil {
		return nil // to open it will fail
	}
	compatible := meta.FindStatusCondition(project.Status.Conditions, v1alpha1.ConditionAPICompatible)
	if compatible == nil || compatible.ObservedGeneration != project.Generation {
		return nil // it may lead to another server now
	}
	unmet := p.unmet(apiOf(project))
	if unmet == nil {
		return nil
	}
	// Only those who can use a project learn about its server.
	var err error
	if p.obj.GetDeletionTimestamp().IsZero() {
		err = p.Projects.Authorize(ctx, project, p.obj.GetNamespace())
	} else {
		err = p.Projects.AuthorizeOnce(ctx, project, p.obj)
	}
	if err != nil {
		return err
	}
	return unmet
}

// unmet says what an object needs and the server does not have; nil: nothing.
func (p *pass) unmet(api meshagent.API) error {
	for _, need := range p.kind.needs(p.obj) {
		if !api.Has(need.Feature) {
			return unsupported("%s", need.unmet(api, kindOf(p.obj)))
		}
	}
	if !api.Spoken() {
		return unsupported("%s", notSpoken(api))
	}
	return nil
}

func (n Need) unmet(api meshagent.API, kind string) string {
	text := fmt.Sprintf("%s has no %s", api, n.Feature.Noun)
	if n.Field != "" {
		text += fmt.Sprintf(", which %s needs", n.Field)
	}
	if n.Feature.Until != "" {
		text += fmt.Sprintf(". %s needs a server older than %s for this", kind, n.Feature.Until)
	} else {
		text += fmt.Sprintf(". %s needs a server of %s or later for this", kind, n.Feature.From)
	}
	if n.Instead != "" {
		text += ". " + n.Instead
	}
	return text
}

func notSpoken(api meshagent.API) string {
	return fmt.Sprintf(msgNotSpoken,
		api, api.Generation, meshagent.Generation044)
}

// explain tells a collection that the server does not have, or lists in a way that this release
// does not know, from one that cannot be read just now. A 404 alone says neither: a server of the
// tested generation has all collections; on others the list must be refused again while its parent
// can be read.
func (p *pass) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	p.suspect(err)
	project, lookErr := p.Projects.Lookup(ctx, p.obj)
	switch {
	case lookErr != nil || p.collection == nil && !errors.Is(err, meshagent.ErrUnknownPaging):
		return err
	case errors.Is(err, meshagent.ErrUnknownPaging):
		err = unsupported(msgUnknownPaging, apiOf(project))
	case !meshagent.MissesRoute(err) || apiOf(project).Tested():
		return err
	default:
		list := p.refusedList(ctx, err)
		if list == nil {
			return err
		}
		err = unsupported(msgRouteMissing, apiOf(project), list.Route, list.Status)
	}
	if p.collection != nil {
		p.missing.note(p.routeKey(), missingRoute{time.Now().Add(p.DriftInterval * 3 / 4), apiOf(project), err})
	}
	return err
}

// refusedList is the refusal of a list whose route is missing while its parent can be read;
// nil if it is not that.
func (p *pass) refusedList(ctx context.Context, err error) *meshagent.Error {
	if !p.collection.Traits().Unlisted { // of those, nothing else can tell
		_, err = p.list.ListedSince(ctx, time.Now())
	}
	list, ok := errors.AsType[*meshagent.Error](err)
	if !ok || !meshagent.MissesRoute(err) || p.connection.Project.ReadParent(ctx, list.Route, p.collection.Path()) != nil {
		return nil //nolint:nilerr // it is about something else
	}
	return list
}

// missingRoutes remembers for a while which collections a server does not have, so that its objects
// do not each ask.
type missingRoutes struct {
	mu  sync.Mutex
	all map[collectionKey]missingRoute
}

// collectionKey names a collection as a connection sees it.
type collectionKey struct{ connection, path string }

type missingRoute struct {
	until time.Time
	api   meshagent.API // of the server that does not have it
	err   error
}

func (p *pass) routeKey() collectionKey {
	return collectionKey{p.connection.ID, p.collection.Path()}
}

func (m *missingRoutes) note(key collectionKey, route missingRoute) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil {
		m.all = map[collectionKey]missingRoute{}
	}
	maps.DeleteFunc(m.all, func(_ collectionKey, route missingRoute) bool { return time.Now().After(route.until) })
	m.all[key] = route
}

// routeKnown says that the collection is not known to be missing. A user who asks for a look gets
// one, and so does another server.
func (p *pass) routeKnown(ctx context.Context) error {
	p.missing.mu.Lock()
	route, ok := p.missing.all[p.routeKey()]
	p.missing.mu.Unlock()
	if !ok || time.Now().After(route.until) || p.requested != p.status.LastHandledReconcileAt {
		return nil
	}
	if project, err := p.Projects.Lookup(ctx, p.obj); err != nil || apiOf(project) != route.api {
		return nil //nolint:nilerr // to ask is always right
	}
	return route.err
}
