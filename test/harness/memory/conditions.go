// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package memory

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// Condition reads an object, and returns one of its conditions, such as "Synced=False Unavailable".
func (c *Cluster) Condition(obj client.Object, kind string) string {
	c.Helper()
	if err := c.Client.Get(c.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
		c.Fatal(err)
	}
	if found := meta.FindStatusCondition(conditionsOf(obj), kind); found != nil {
		return fmt.Sprintf("%s=%s %s", found.Type, found.Status, found.Reason)
	}
	return kind + " is not there"
}

// StatusOf returns the part of a status that all kinds have. It is nil for other objects.
func StatusOf(obj client.Object) *v1alpha1.ObjectStatus {
	switch obj := obj.(type) {
	case *v1alpha1.MeshProject:
		return &obj.Status.ObjectStatus
	case v1alpha1.Object:
		return &obj.CommonStatus().ObjectStatus
	}
	return nil
}

func conditionsOf(obj client.Object) []metav1.Condition {
	if status := StatusOf(obj); status != nil {
		return status.Conditions
	}
	return nil
}

// Describe returns all conditions of an object as it was last read, for the message of a failed
// test.
func (c *Cluster) Describe(obj client.Object) string {
	text := strings.Builder{}
	for _, one := range conditionsOf(obj) {
		fmt.Fprintf(&text, "\n%s=%s %s: %s", one.Type, one.Status, one.Reason, one.Message)
	}
	return text.String()
}

// CheckReady checks that an object is Ready and in sync.
func (c *Cluster) CheckReady(obj client.Object) bool {
	c.Helper()
	ready, synced := c.Condition(obj, v1alpha1.ConditionReady), c.Condition(obj, v1alpha1.ConditionSynced)
	if ready == "Ready=True Available" && synced == "Synced=True InSync" {
		return true
	}
	c.Errorf("%s %s is not Ready and in sync:%s", c.KindOf(obj), obj.GetName(), c.Describe(obj))
	return false
}

// RequireReady ends the test if an object is not Ready and in sync.
func (c *Cluster) RequireReady(obj client.Object) {
	c.Helper()
	if !c.CheckReady(obj) {
		c.FailNow()
	}
}

// IsGone is true if an object does not exist.
func (c *Cluster) IsGone(obj client.Object) bool {
	c.Helper()
	current, _ := obj.DeepCopyObject().(client.Object)
	err := c.Client.Get(c.Context(), client.ObjectKeyFromObject(obj), current)
	if client.IgnoreNotFound(err) != nil {
		c.Fatal(err)
	}
	return err != nil
}

// CheckDeletion deletes an object and checks that it is gone in time.
func (c *Cluster) CheckDeletion(obj client.Object) {
	c.Helper()
	c.Delete(obj)
	if !c.RunUntil(time.Hour, func() bool { return c.IsGone(obj) }) {
		c.Condition(obj, v1alpha1.ConditionReady)
		c.Errorf("%s %s is not gone:%s", c.KindOf(obj), obj.GetName(), c.Describe(obj))
	}
}
