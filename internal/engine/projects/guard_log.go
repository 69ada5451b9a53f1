// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// countsFor is how long a deletion counts: an hour from when it was carried out. That can be a
// minute after it was counted, and of the time when it was counted only the minute is known.
const countsFor = time.Hour + 2*time.Minute

// deletionLog counts the deletions of a MeshProject in its status, before they are carried out. A
// crash can make the count too high, never too low. Each write names the version that it was
// computed from, so that neither another replica nor a late request of a process that is gone can
// take anything out of the count; nor can it reach a MeshProject of the same name that was created
// later.
type deletionLog struct {
	// turn is taken by the pass that counts. It is held over requests, so only deletions in this
	// MeshProject may wait for it. It protects the rest.
	turn chan struct{}
	// record is the MeshProject with nothing but its identity, its version and the count; nil: to
	// be read.
	record *v1alpha1.MeshProject
	// counted is in which minute each object was counted. A retry moves it to the present minute.
	counted map[types.UID]time.Time
}

func newDeletionLog() deletionLog {
	return deletionLog{turn: make(chan struct{}, 1), counted: map[types.UID]time.Time{}}
}

// count counts the deletion of an object, unless that would be one more than permitted. It returns
// all that counts.
func (l *deletionLog) count(
	ctx context.Context, kube client.StatusClient, live client.Reader, project *v1alpha1.MeshProject, uid types.UID, most int32,
) (counts DeletionCounts, permitted bool, err error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, false, fmt.Errorf("counting a deletion: %w", context.Cause(ctx))
	}
	if err := l.read(ctx, live, project); err != nil {
		return nil, false, err
	}
	now := time.Now().UTC()
	minute := now.Truncate(time.Minute)
	all := recent(l.record.Status.Deletions, now)
	others := all
	if at, again := l.counted[uid]; again {
		others = all.add(at, -1)
	}
	if others.total() >= int64(most) {
		return all, false, nil
	}
	counts = others.add(minute, 1)
	if at, again := l.counted[uid]; again && at.Equal(minute) {
		return counts, true, nil
	}
	counting := l.record.DeepCopy()
	counting.Status.Deletions = counts
	lock := client.MergeFromWithOptions(l.record, client.MergeFromWithOptimisticLock{})
	l.record = nil // whatever comes of it, unless it succeeds, is read again
	if err := kube.Status().Patch(ctx, counting, lock); err != nil {
		return nil, false, fmt.Errorf("counting a deletion: %w", err)
	}
	l.keep(counting)
	l.counted[uid] = minute
	maps.DeleteFunc(l.counted, func(_ types.UID, at time.Time) bool { return now.Sub(at) >= countsFor })
	return counts, true, nil
}

// read reads the count live, if it isn't known: another process may just have counted.
func (l *deletionLog) read(ctx context.Context, reader client.Reader, project *v1alpha1.MeshProject) error {
	if l.record != nil {
		return nil
	}
	var live v1alpha1.MeshProject
	err := reader.Get(ctx, client.ObjectKeyFromObject(project), &live)
	if err == nil && live.UID != project.UID {
		err = apierrors.NewNotFound(v1alpha1.GroupVersion.WithResource("meshprojects").GroupResource(), project.Name)
	}
	if err != nil {
		return fmt.Errorf("reading the count of deletions: %w", err)
	}
	l.keep(&live)
	return nil
}

func (l *deletionLog) keep(project *v1alpha1.MeshProject) {
	l.record = &v1alpha1.MeshProject{ObjectMeta: metav1.ObjectMeta{
		Namespace: project.Namespace, Name: project.Name, UID: project.UID, ResourceVersion: project.ResourceVersion,
	}}
	l.record.Status.Deletions = project.Status.Deletions
}

// DeletionCounts are deletions by the minute, the oldest first.
type DeletionCounts []v1alpha1.DeletionCount

// recent is what still counts. What seems to be in the future, since a clock was set back, counts
// as of now.
func recent(logged []v1alpha1.DeletionCount, now time.Time) (counts DeletionCounts) {
	for _, one := range logged {
		at := now.Truncate(time.Minute)
		if one.Minute != nil && one.Minute.Time.Before(at) {
			at = one.Minute.UTC()
		}
		if now.Sub(at) < countsFor {
			counts = counts.add(at, one.Count)
		}
	}
	return counts
}

// add returns the counts with some more, or fewer, in a minute.
func (c DeletionCounts) add(minute time.Time, count int32) DeletionCounts {
	c = slices.Clone(c)
	i, found := slices.BinarySearchFunc(c, minute, func(one v1alpha1.DeletionCount, at time.Time) int { return one.Minute.Compare(at) })
	if !found {
		c = slices.Insert(c, i, v1alpha1.DeletionCount{Minute: &metav1.Time{Time: minute}})
	}
	if c[i].Count += count; c[i].Count <= 0 {
		c = slices.Delete(c, i, i+1)
	}
	return c
}

func (c DeletionCounts) total() (total int64) {
	for _, one := range c {
		total += int64(one.Count)
	}
	return total
}

// UntilPermitted is how long an object waits that has others ahead of it, at most an hour: what was
// ahead may go another way.
func (c DeletionCounts) UntilPermitted(most int32, ahead int) time.Duration {
	left := c.total() + int64(ahead)
	for _, one := range c {
		if left -= int64(one.Count); left < int64(most) {
			return min(time.Until(one.Minute.Add(countsFor)), time.Hour)
		}
	}
	return time.Hour
}
