// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
)

// collectTimeout bounds what a scrape reads from the cache: until the cache is filled, there is
// nothing to report.
const collectTimeout = 2 * time.Second

// Collector reports how things are when Prometheus asks. A scrape reads the cache and requests
// nothing from MeshAgent or Kubernetes. Only the leader reports, once leads is closed, so sums over
// all replicas are correct.
func (e *Environment) Collector(leads <-chan struct{}) prometheus.Collector {
	return &collector{Environment: e, leads: leads}
}

type collector struct {
	*Environment
	leads <-chan struct{}
}

// Describe names the metrics.
func (c *collector) Describe(descs chan<- *prometheus.Desc) {
	for _, one := range collected {
		descs <- one.desc
	}
}

// Collect reads the cache.
func (c *collector) Collect(out chan<- prometheus.Metric) {
	select {
	case <-c.leads:
	default:
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), collectTimeout)
	defer cancel()
	there, err := c.takeStock(ctx)
	if err != nil {
		return // a list from the cache fails only while the process begins or ends
	}
	out <- driftInterval.is(c.DriftInterval.Seconds())
	for group, n := range there.groups {
		out <- objects.is(float64(n), group.kind, group.namespace, group.condition, group.status, group.reason)
	}
	for group, n := range there.modes {
		out <- projectObjects.is(float64(n), group.kind, group.project, group.mode)
	}
	for _, project := range there.projects {
		c.collectProject(project, out)
	}
	for key, at := range c.checks.of(there.compared) {
		out <- lastDriftCheck.is(float64(at.UnixNano())/1e9, key.kind, key.project.String())
	}
	for group, n := range c.counts.requests.of(func(group requestGroup) bool { return there.projects[group.project] != nil }) {
		out <- requestsTotal.is(n, group.project.String(), group.code)
	}
	for _, one := range []struct {
		metric metric
		counts *tally[place]
	}{{driftFound, &c.counts.driftFound}, {driftCorrected, &c.counts.driftCorrected}, {adoptions, &c.counts.adoptions}} {
		for at, n := range one.counts.of(func(at place) bool { return there.places[at] }) {
			out <- one.metric.is(n, at.kind, at.namespace)
		}
	}
}

func (c *collector) collectProject(project *v1alpha1.MeshProject, out chan<- prometheus.Metric) {
	name := client.ObjectKeyFromObject(project).String()
	if status := project.Status; status.APIVersion != "" || status.APIGeneration != "" {
		out <- projectInfo.is(1, name, status.APIVersion, status.APIGeneration)
	}
	if project.Spec.DeletionGuard != nil {
		out <- deletionsHeld.is(float64(c.guard.Held(project)), name)
	}
	state, known := c.Projects.State(project.UID)
	if !known {
		return
	}
	out <- rateLimitLeft.is(state.Remaining, name)
	open := 0.0
	if state.CircuitOpen {
		open = 1
	}
	out <- circuitOpen.is(open, name)
}

// stock is what the cache holds.
type stock struct {
	projects map[types.NamespacedName]*v1alpha1.MeshProject
	places   map[place]bool
	groups   map[objectGroup]int
	modes    map[modeGroup]int
	compared map[checkKey]bool
}

// takeStock looks at all objects in the cache, at MeshProjects first.
func (c *collector) takeStock(ctx context.Context) (*stock, error) {
	s := &stock{map[types.NamespacedName]*v1alpha1.MeshProject{}, map[place]bool{}, map[objectGroup]int{}, map[modeGroup]int{}, map[checkKey]bool{}}
	for _, like := range c.kinds() {
		if err := c.eachCached(ctx, like, s.add); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *stock) add(obj client.Object) {
	at := placeOf(obj)
	s.places[at] = true
	switch obj := obj.(type) {
	case *v1alpha1.MeshProject:
		s.projects[client.ObjectKeyFromObject(obj)] = obj
		s.count(at, obj.Status.Conditions)
		if !obj.Spec.Suspended() {
			s.compared[checkKeyOf(obj)] = true
		}
	case v1alpha1.Object:
		s.count(at, obj.CommonStatus().Conditions)
		name := projects.ProjectKey(obj)
		project := s.projects[name]
		group := modeGroup{kind: at.kind, mode: modeOf(policiesOf(obj.CommonSpec(), at.namespace, project))}
		if group.mode != suspendedMode {
			s.compared[checkKeyOf(obj)] = true
		}
		// Objects can name any MeshProject: each name that is not there must not be a series.
		if project != nil {
			group.project = name.String()
		}
		s.modes[group]++
	}
}

// kinds has an empty object of each kind.
func (e *Environment) kinds() []client.Object {
	kinds := []client.Object{&v1alpha1.MeshProject{}}
	for _, user := range e.users {
		kinds = append(kinds, user.object)
	}
	return kinds
}

// modeGroup are objects of a kind that use a MeshProject in the same way.
type modeGroup struct{ kind, project, mode string }

const suspendedMode = "Suspended"

func modeOf(all policies) string {
	if all.suspended != "" {
		return suspendedMode
	}
	return string(all.reconcile())
}

// objectGroup are objects that are alike. An object belongs to one group for each of its
// conditions.
type objectGroup struct {
	place

	condition, status, reason string
}

func (s *stock) count(at place, conditions []metav1.Condition) {
	for _, condition := range conditions {
		s.groups[objectGroup{at, condition.Type, string(condition.Status), condition.Reason}]++
	}
	for _, always := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced} {
		if meta.FindStatusCondition(conditions, always) == nil { // it has not been reconciled yet
			s.groups[objectGroup{at, always, string(metav1.ConditionUnknown), ""}]++
		}
	}
}

// checkKey is what shares a drift check: the objects of a kind that use one MeshProject.
type checkKey struct {
	kind    string
	project types.NamespacedName
}

func checkKeyOf(obj client.Object) checkKey {
	if typed, ok := obj.(v1alpha1.Object); ok {
		return checkKey{kindOf(obj), projects.ProjectKey(typed)}
	}
	return checkKey{kindOf(obj), client.ObjectKeyFromObject(obj)} // a MeshProject
}

// driftChecks remember when objects were last compared with MeshAgent.
type driftChecks struct {
	mu   sync.Mutex
	last map[checkKey]time.Time
}

func (d *driftChecks) note(key checkKey, at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last == nil {
		d.last = map[checkKey]time.Time{}
	}
	if at.After(d.last[key]) {
		d.last[key] = at
	}
}

// of returns the last checks of what is still to be compared, and forgets the others.
func (d *driftChecks) of(compared map[checkKey]bool) map[checkKey]time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	maps.DeleteFunc(d.last, func(key checkKey, _ time.Time) bool { return !compared[key] })
	return maps.Clone(d.last)
}
