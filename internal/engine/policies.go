// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"cmp"
	"context"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
)

// policies are what may be done in MeshAgent for an object. Each is the object's own, else the
// default of its MeshProject, else what is built in.
type policies struct {
	suspended string // which field says that nothing is sent to MeshAgent; "": none
	observes  bool   // nothing is written to MeshAgent
	once      bool   // what exists is not changed, and what is gone is not created again
	adoption  v1alpha1.AdoptionPolicy
	deletion  v1alpha1.DeletionPolicy // unset: what was created is deleted, and what was adopted is left
	// insists says that the object itself, and not a default, wants its resource deleted.
	insists bool
}

// policiesOf are those of an object with this spec; without a MeshProject, its own and the built-in
// ones.
func policiesOf(spec *v1alpha1.CommonSpec, namespace string, project *v1alpha1.MeshProject) policies {
	var defaults v1alpha1.PolicyDefaults
	made := policies{}
	if project != nil {
		if project.Spec.Defaults != nil {
			defaults = *project.Spec.Defaults
		}
		if project.Spec.Suspended() {
			made.suspended = "spec.suspend of " + projects.Describe(project, namespace)
		}
	}
	if spec.Suspended() {
		made.suspended = "spec.suspend"
	}
	switch cmp.Or(spec.ReconcilePolicy, defaults.ReconcilePolicy) {
	case v1alpha1.ReconcileEnforce: // nothing is special
	case v1alpha1.ReconcileObserve:
		made.observes = true
	case v1alpha1.ReconcileCreateOnly:
		made.once = true
	}
	made.adoption = cmp.Or(spec.AdoptionPolicy, defaults.AdoptionPolicy, v1alpha1.AdoptIfIdentical)
	made.deletion = cmp.Or(spec.DeletionPolicy, defaults.DeletionPolicy)
	made.insists = spec.DeletionPolicy == v1alpha1.DeletionDelete && !made.observes
	return made
}

// showsDrift says that differences are shown and not corrected.
func (p policies) showsDrift() bool { return p.observes || p.once }

// reconcile is the policy by its name.
func (p policies) reconcile() v1alpha1.ReconcilePolicy {
	switch {
	case p.observes:
		return v1alpha1.ReconcileObserve
	case p.once:
		return v1alpha1.ReconcileCreateOnly
	}
	return v1alpha1.ReconcileEnforce
}

// orphans says that a resource is left in MeshAgent when its object is deleted. (Of a kind that
// cannot be deleted in MeshAgent, all would be, whatever the policy.)
func (p policies) orphans(adopted bool) bool {
	return p.deletion == v1alpha1.DeletionOrphan || p.deletion == "" && adopted
}

// choosePolicies finds the MeshProject, and the policies of this pass. A MeshProject that does not
// admit the object, and never did, has no say. Neither has one that is gone: nothing can be sent to
// MeshAgent without it.
func (p *pass) choosePolicies(ctx context.Context) error {
	project, err := p.Projects.Lookup(ctx, p.obj)
	if err != nil && verdict.Of(err).Reason != v1alpha1.ReasonProjectNotFound {
		return err
	}
	p.project = project
	says := project != nil && (project.Spec.Suspend != nil || project.Spec.Defaults != nil)
	if says {
		err := p.Projects.AuthorizeOnce(ctx, project, p.obj)
		if err != nil && verdict.Of(err).Class != verdict.Refused {
			return err
		}
		says = err == nil
	}
	if !says {
		project = nil
	}
	p.policies = policiesOf(p.spec, p.obj.GetNamespace(), project)
	return nil
}

// policiesOfOther are those of another object.
func (p *pass) policiesOfOther(ctx context.Context, other v1alpha1.Object) policies {
	project, err := p.Projects.Lookup(ctx, other)
	if err != nil {
		project = nil
	}
	return policiesOf(other.CommonSpec(), other.GetNamespace(), project)
}

// onlyObserved says that this object never set anything in a resource. It may have been about to
// adopt the resource when it was deleted.
func (p *pass) onlyObserved(remote resource) bool {
	s := p.status
	return s.ID != "" && s.AppliedFields == nil && s.PendingFields == nil && s.PendingCreate == nil && !isPromised(remote) && remote.Written().Mark().Owner != p.owner()
}
