// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/listcache"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// findListed finds in the list of a collection what an external reference represents.
func findListed[S meshagent.Spec[S], R meshagent.Resource[S]](
	kind string, collection func(*meshagent.Project) meshagent.Collection[S, R],
) func(context.Context, *Environment, *projects.Connection, v1alpha1.ResourceReference) (Resolved, error) {
	return func(ctx context.Context, env *Environment, connection *projects.Connection, ref v1alpha1.ResourceReference) (Resolved, error) {
		list := listcache.For[S, R](&env.lists, env.DriftInterval).Of(connection.ID, collection(connection.Project))
		name := ref.ExternalName + meshagent.CanonicalID(ref.ExternalID) // one of the two
		// That it exists may be known from a list that is not new; that it does not, only from one
		// that is.
		known, err := list.ListedSince(ctx, env.fresh(time.Now()), name)
		if err != nil {
			return Resolved{}, err
		}
		if found, ok := listed(known, ref); ok {
			return found, nil
		}
		if known, err = list.ListedRecently(ctx, name); err != nil {
			return Resolved{}, err
		}
		if found, ok := listed(known, ref); ok {
			return found, nil
		}
		// No watch tells when it does.
		return Resolved{}, &verdict.Problem{
			Class: verdict.Unavailable, Reason: v1alpha1.ReasonReferenceNotFound, Message: describeExternal(kind, ref) + msgNotInMeshAgent,
		}
	}
}

// listed finds a resource by its id alone, or by its name alone. Anyone who can create a resource
// can give it the name that is the ID of another one.
func listed[S meshagent.Spec[S], R meshagent.Resource[S]](list listcache.View[S, R], ref v1alpha1.ResourceReference) (found Resolved, ok bool) {
	if ref.ExternalID != "" {
		row, ok := list.Get(meshagent.CanonicalID(ref.ExternalID))
		if !ok {
			return found, false
		}
		return Resolved{ID: row.Identity(), Name: row.Written().Key(), Ready: true}, true
	}
	for _, row := range list.ByKey(ref.ExternalName) {
		return Resolved{ID: row.Identity(), Name: row.Written().Key(), Ready: true}, true
	}
	return found, false
}

// describeExternal is such as: managed agent "scribe", room with ID "5f0c…".
func describeExternal(kind string, ref v1alpha1.ResourceReference) string {
	if ref.ExternalID != "" {
		return fmt.Sprintf("%s with ID %q", nounOf(kind), ref.ExternalID)
	}
	return fmt.Sprintf("%s %q", nounOf(kind), ref.ExternalName)
}

// nounOf is what people call a resource of a kind: MeshManagedAgent is a managed agent.
func nounOf(kind string) string {
	var noun strings.Builder
	for i, letter := range strings.TrimPrefix(kind, "Mesh") {
		if i > 0 && unicode.IsUpper(letter) {
			noun.WriteByte(' ')
		}
		noun.WriteRune(unicode.ToLower(letter))
	}
	return noun.String()
}
