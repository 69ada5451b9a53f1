// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package engine

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine/projects"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// Project is the controller of MeshProject, on which all kinds stand. It creates nothing in
// MeshAgent, so it is not a Kind: it checks access, tells what it found, and keeps a MeshProject
// until nothing uses it.
type Project struct{}

// keyIndex and caIndex find the MeshProjects that read a Secret, and a ConfigMap.
const (
	keyIndex = "meshagent.com/api-key-secret"
	caIndex  = "meshagent.com/ca-config-map"
)

// stillInUse is how often a MeshProject that is to be deleted asks, in the cache, whether it still
// is in use.
const stillInUse = 2 * time.Second

// stillRefused is how often a MeshProject that MeshAgent refuses is checked again.
const stillRefused = time.Minute

// SetupWithManager adds the controller.
func (Project) SetupWithManager(mgr manager.Manager, env *Environment) error {
	bySecret := func(obj client.Object) []string {
		project, _ := obj.(*v1alpha1.MeshProject)
		return []string{string(project.Spec.APIKeySecretRef.Name)}
	}
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), &v1alpha1.MeshProject{}, keyIndex, bySecret); err != nil {
		return fmt.Errorf("indexing the Secrets of MeshProjects: %w", err)
	}
	byConfigMap := func(obj client.Object) []string {
		project, _ := obj.(*v1alpha1.MeshProject)
		if from := project.Spec.CABundle; from != nil && from.ConfigMapKeyRef != nil {
			return []string{string(from.ConfigMapKeyRef.Name)}
		}
		return nil
	}
	if err := mgr.GetFieldIndexer().IndexField(context.Background(), &v1alpha1.MeshProject{}, caIndex, byConfigMap); err != nil {
		return fmt.Errorf("indexing the ConfigMaps of MeshProjects: %w", err)
	}
	suspects := make(chan event.TypedGenericEvent[types.NamespacedName])
	if err := mgr.Add(manager.RunnableFunc(func(ctx context.Context) error { return forward(ctx, env.Projects.RequestedChecks(), suspects) })); err != nil {
		return fmt.Errorf("adding the check of suspect credentials: %w", err)
	}
	err := ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.MeshProject{}, builder.WithPredicates(asked())).
		WithOptions(controller.Options{RateLimiter: projects.Backoff()}).
		WithLogConstructor(logs(mgr, &v1alpha1.MeshProject{})).
		Watches(&v1alpha1.MeshProject{}, env.guard.ForgetGone()).
		WatchesMetadata(&corev1.Secret{}, env.wake(0, &v1alpha1.MeshProject{}, keyIndex, client.Object.GetName, inNamespaceOf)).
		WatchesMetadata(&corev1.ConfigMap{}, env.wake(0, &v1alpha1.MeshProject{}, caIndex, client.Object.GetName, inNamespaceOf)).
		WatchesRawSource(source.Channel(suspects, handler.TypedEnqueueRequestsFromMapFunc(
			func(_ context.Context, name types.NamespacedName) []reconcile.Request {
				return []reconcile.Request{{NamespacedName: name}}
			}))).
		Complete(reconcile.AsReconciler(env.Client, &projectReconciler{Environment: env}))
	if err != nil {
		return fmt.Errorf("setting up the controller of MeshProject: %w", err)
	}
	return nil
}

// forward wraps names into events.
func forward(ctx context.Context, from <-chan types.NamespacedName, to chan<- event.TypedGenericEvent[types.NamespacedName]) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case name := <-from:
			select {
			case <-ctx.Done():
				return nil
			case to <- event.TypedGenericEvent[types.NamespacedName]{Object: name}:
			}
		}
	}
}

type projectReconciler struct {
	*Environment
}

// Reconcile checks one MeshProject.
func (r *projectReconciler) Reconcile(ctx context.Context, project *v1alpha1.MeshProject) (reconcile.Result, error) {
	asked, ended := false, true // unless the pass says otherwise
	var passErr error
	result, err := r.frame(ctx, project, &project.Status.ObjectStatus, func(ctx context.Context, c *conclusion) error {
		c.strict = true
		if project.DeletionTimestamp.IsZero() {
			asked, passErr = r.check(ctx, project, c)
		} else {
			passErr = r.finalize(ctx, project, c)
		}
		ended = c.outcome.released
		return passErr
	})
	switch {
	case err != nil || ended:
	case !project.DeletionTimestamp.IsZero():
		result.RequeueAfter = stillInUse
	case asked && passErr != nil && result.RequeueAfter > 0:
		result.RequeueAfter = min(result.RequeueAfter, projects.Jittered(stillRefused))
	}
	return result, err
}

// check opens the project, reads it, and finds out what the server speaks. It says whether
// MeshAgent was asked at all.
func (r *projectReconciler) check(ctx context.Context, project *v1alpha1.MeshProject, c *conclusion) (asked bool, err error) {
	if err := r.patchFinalizer(ctx, project, controllerutil.AddFinalizer); err != nil {
		return false, err
	}
	if project.Spec.Suspended() {
		r.guardDeletions(project, c)
		c.outcome.result = suspended("spec.suspend")
		return false, nil
	}
	connection, err := r.Projects.Open(ctx, project)
	if err != nil {
		return false, err
	}
	status := &project.Status
	if status.Endpoint != connection.Endpoint { // what is known is about another server
		status.APIVersion, status.APIGeneration, status.Domains = "", "", nil
		c.drop(v1alpha1.ConditionAPICompatible)
	}
	status.ProjectID, status.Endpoint = connection.Project.ID, connection.Endpoint
	info, err := readProject(ctx, connection)
	if meshagent.IsNotFound(err) {
		return true, verdict.Refuse(v1alpha1.ReasonInvalid, msgProjectNotInMeshAgent, connection.Project.ID, connection.Endpoint)
	}
	if err != nil {
		return true, err
	}
	status.ProjectName, status.ProjectKey = cut(info.Name, 1024), cut(info.Key, 1024)
	found, err := connection.Project.Detect(ctx, apiOf(project))
	if err != nil {
		return true, undetected(err)
	}
	if err := tellAPI(project, c, found.API); err != nil {
		return true, err
	}
	r.describeProject(ctx, connection, project, info, found, c)
	if !meta.IsStatusConditionTrue(status.Conditions, v1alpha1.ConditionReady) {
		c.outcome.event(v1alpha1.EventConnected, "check", msgConnected, connection.Endpoint, info.Name)
	}
	r.guardDeletions(project, c)
	r.tellUnreadable(connection, c)
	c.outcome.result = connected(
		fmt.Sprintf(msgAccepted, connection.Endpoint), fmt.Sprintf(msgUsable, info.Name),
	)
	return true, nil
}

// readProject reads the project. A refusal is believed if MeshAgent itself answers, and says the
// same again. Otherwise an ingress that has no backend for a moment, or a firewall, would take all
// objects of the project out.
func readProject(ctx context.Context, connection *projects.Connection) (meshagent.ProjectInfo, error) {
	info, err := connection.Project.Info(ctx)
	if !meshagent.IsRefusal(err) || verdict.Of(err).Class == verdict.Limited {
		return info, err
	}
	config, configErr := connection.Client.Config(ctx)
	// A server that does not know the key may say so here, too.
	unknownKey := meshagent.IsUnauthorized(err) && meshagent.IsUnauthorized(configErr)
	if !unknownKey && (configErr != nil || !config.Genuine()) {
		v := verdict.Of(err)
		if v.Class != verdict.Denied {
			v.Reason = v1alpha1.ReasonUnavailable
		}
		return info, &verdict.Problem{Class: verdict.Unavailable, Reason: v.Reason, Message: v.Message + msgNotGenuine}
	}
	return connection.Project.Info(ctx)
}

// undetected says why a server that knows the project did not tell what it speaks. That is not a
// refusal of the project.
func undetected(err error) error {
	v := verdict.Of(err)
	if v.Class == verdict.Limited || v.Class == verdict.Silent {
		return err
	}
	return &verdict.Problem{Class: verdict.Unavailable, Reason: v1alpha1.ReasonUnavailable, Message: msgUndetected + v.Message}
}

// tellAPI tells in status what the server speaks, and whether this release supports it.
func tellAPI(project *v1alpha1.MeshProject, c *conclusion, api meshagent.API) error {
	if last := apiOf(project); last.Generation != "" && last.Generation != api.Generation {
		c.outcome.event(v1alpha1.EventAPIGenerationChanged, "check", msgGenerationChanged, api, api.Generation, last.Generation)
	}
	project.Status.APIVersion, project.Status.APIGeneration = cut(api.Version, 256), string(api.Generation)
	switch {
	case !api.Spoken():
		message := notSpoken(api)
		c.set(v1alpha1.ConditionAPICompatible, metav1.ConditionFalse, v1alpha1.ReasonUnsupportedAPI, message)
		return verdict.Refuse(v1alpha1.ReasonUnsupportedAPI, "%s", message)
	case api.Newer():
		c.set(v1alpha1.ConditionAPICompatible, metav1.ConditionTrue, v1alpha1.ReasonNewerThanTested, fmt.Sprintf(
			msgNewer, api, api.Generation))
	default:
		c.set(v1alpha1.ConditionAPICompatible, metav1.ConditionTrue, v1alpha1.ReasonSupported, fmt.Sprintf(msgSupported, api, api.Generation))
	}
	return nil
}

// tellUnreadable tells which collections are too large to be listed.
func (r *projectReconciler) tellUnreadable(connection *projects.Connection, c *conclusion) {
	const most = 8
	names := connection.Project.ListsTooLarge(time.Now().Add(-2 * r.DriftInterval))
	if len(names) == 0 {
		c.drop(v1alpha1.ConditionListsReadable)
		return
	}
	if len(names) > most {
		names = append(names[:most], fmt.Sprintf("%d more", len(names)-most))
	}
	message := fmt.Sprintf(msgListsTooLarge, strings.Join(names, ", "))
	if meta.FindStatusCondition(c.status.Conditions, v1alpha1.ConditionListsReadable) == nil {
		c.outcome.warn(v1alpha1.ReasonAnswerTooLarge, "check", "%s", message)
	}
	c.set(v1alpha1.ConditionListsReadable, "False", v1alpha1.ReasonAnswerTooLarge, message)
}

// guardDeletions tells whether deletions are held.
func (r *projectReconciler) guardDeletions(project *v1alpha1.MeshProject, c *conclusion) {
	if project.Spec.DeletionGuard == nil {
		project.Status.Deletions = nil
		r.guard.Forget(project)
	}
	if r.guard.Held(project) == 0 {
		c.drop(v1alpha1.ConditionDeletionsHeld)
		return
	}
	message := fmt.Sprintf(msgDeletionsHeld,
		*project.Spec.DeletionGuard.MaxPerHour, v1alpha1.AllowDeletionsUntilAnnotation)
	if !meta.IsStatusConditionTrue(c.status.Conditions, v1alpha1.ConditionDeletionsHeld) {
		c.outcome.warn(v1alpha1.EventDeletionsHeld, "check", "%s", message)
	}
	c.set(v1alpha1.ConditionDeletionsHeld, "True", v1alpha1.ReasonDeletionHeld, message)
}

func (r *projectReconciler) patchFinalizer(ctx context.Context, project *v1alpha1.MeshProject, change func(client.Object, string) bool) error {
	return r.patchFinalizers(ctx, project, change)
}
