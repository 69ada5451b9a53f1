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

var (
	objectsDesc = prometheus.NewDesc("meshagent_objects",
		"Objects by kind, namespace, and the status and reason of each of their conditions.",
		[]string{"kind", "namespace", "condition", "status", "reason"}, nil)
	driftCheckDesc = prometheus.NewDesc("meshagent_last_drift_check_timestamp_seconds",
		"When an object of the kind was last compared with MeshAgent successfully, by MeshProject; only while there are objects to compare.",
		[]string{"kind", "namespace", "project"}, nil)
	driftIntervalDesc = prometheus.NewDesc("meshagent_drift_interval_seconds",
		"How often each object is to be compared with MeshAgent: --drift-interval.", nil, nil)
	budgetDesc = prometheus.NewDesc("meshagent_api_budget_remaining_requests",
		"Requests that could be sent to MeshAgent at once, by MeshProject: 0 while MeshAgent asks to wait, and below 0 while requests wait. "+
			"MeshProjects with the same API key share a budget.",
		[]string{"namespace", "project"}, nil)
)

// collectTimeout bounds what is read, from the cache, for one scrape: before the cache is filled there is nothing to tell.
const collectTimeout = 2 * time.Second

// Collector tells how things are when it is asked: a scrape reads the cache, no pass does more for it, and nothing is requested from
// anybody. Only the process that leads tells, once leads is closed: sums over all replicas are right.
func (e *Environment) Collector(leads <-chan struct{}) prometheus.Collector {
	return &collector{Environment: e, leads: leads}
}

type collector struct {
	*Environment
	leads <-chan struct{}
}

// Describe names the metrics.
func (c *collector) Describe(descs chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{objectsDesc, driftCheckDesc, driftIntervalDesc, budgetDesc} {
		descs <- desc
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
	counts := map[objectGroup]int{}
	compared := map[checkKey]bool{}
	asleep := map[types.NamespacedName]bool{} // suspended MeshProjects, which are the first kind
	for _, like := range c.kinds() {
		// A list from the cache fails only while the process begins or ends.
		_ = c.eachCached(ctx, like, func(obj client.Object) {
			count(counts, kindOf(like), obj)
			if !isAsleep(asleep, obj) {
				compared[checkKeyOf(obj)] = true
			}
			if left, ok := c.Projects.Remaining(obj.GetUID()); ok {
				out <- prometheus.MustNewConstMetric(budgetDesc, prometheus.GaugeValue, left, obj.GetNamespace(), obj.GetName())
			}
		})
	}
	for group, n := range counts {
		out <- prometheus.MustNewConstMetric(objectsDesc, prometheus.GaugeValue, float64(n), group.kind, group.namespace, group.condition, group.status, group.reason)
	}
	for key, at := range c.checks.of(compared) {
		out <- prometheus.MustNewConstMetric(driftCheckDesc, prometheus.GaugeValue, float64(at.UnixNano())/1e9, key.kind, key.project.Namespace, key.project.Name)
	}
	out <- prometheus.MustNewConstMetric(driftIntervalDesc, prometheus.GaugeValue, c.DriftInterval.Seconds())
}

// isAsleep tells whether an object, or its MeshProject, is suspended. It remembers the MeshProjects that are.
func isAsleep(projects map[types.NamespacedName]bool, obj client.Object) bool {
	switch obj := obj.(type) {
	case *v1alpha1.MeshProject:
		projects[client.ObjectKeyFromObject(obj)] = obj.Spec.Suspended()
	case Object:
		if obj.CommonSpec().Suspended() {
			return true
		}
	}
	return projects[checkKeyOf(obj).project]
}

// kinds has an empty object of each kind.
func (e *Environment) kinds() []client.Object {
	kinds := []client.Object{&v1alpha1.MeshProject{}}
	for _, user := range e.users {
		kinds = append(kinds, user.object)
	}
	return kinds
}

// objectGroup are objects that are alike. An object belongs to one group for each of its conditions.
type objectGroup struct{ kind, namespace, condition, status, reason string }

func count(counts map[objectGroup]int, kind string, obj client.Object) {
	var conditions []metav1.Condition
	switch obj := obj.(type) {
	case Object:
		conditions = obj.CommonStatus().Conditions
	case *v1alpha1.MeshProject:
		conditions = obj.Status.Conditions
	}
	for _, condition := range conditions {
		counts[objectGroup{kind, obj.GetNamespace(), condition.Type, string(condition.Status), condition.Reason}]++
	}
	for _, always := range []string{v1alpha1.ConditionReady, v1alpha1.ConditionSynced} {
		if meta.FindStatusCondition(conditions, always) == nil { // nobody has looked at it yet
			counts[objectGroup{kind, obj.GetNamespace(), always, string(metav1.ConditionUnknown), ""}]++
		}
	}
}

// checkKey is what shares a drift check: the objects of a kind that use one MeshProject.
type checkKey struct {
	kind    string
	project types.NamespacedName
}

func checkKeyOf(obj client.Object) checkKey {
	if typed, ok := obj.(Object); ok {
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
