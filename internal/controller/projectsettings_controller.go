// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package controller

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/engine"
	"github.com/meshagent/meshagent-operator/internal/engine/drift"
	"github.com/meshagent/meshagent-operator/internal/engine/verdict"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojectsettings,verbs=list;watch;patch
// +kubebuilder:rbac:groups=meshagent.com,resources=meshprojectsettings/status,verbs=patch

// ProjectSettings keeps parts of a project's settings, and its automatic recharge.
var ProjectSettings = engine.Kind[*v1alpha1.MeshProjectSettings, meshagent.SettingsSpec, meshagent.Settings]{
	Object: &v1alpha1.MeshProjectSettings{},
	Collection: func(project *meshagent.Project, settings *v1alpha1.MeshProjectSettings, _ string) meshagent.Collection[meshagent.SettingsSpec, meshagent.Settings] {
		parts := meshagent.SettingsParts{AutoRecharge: settings.Spec.AutoRecharge != nil}
		for _, place := range settingsFrom(settings) {
			parts.WriteOnly = append(parts.WriteOnly, strings.Split(place.path, "."))
		}
		return project.Settings(parts)
	},
	Privileged:  true,
	Undeletable: true,
	Shared:      true,
	Needs: func(settings *v1alpha1.MeshProjectSettings) (needs []engine.Need) {
		if settings.Spec.Settings != nil {
			needs = append(needs, engine.Need{Feature: meshagent.ProjectSettings, Field: "spec.settings"})
		}
		if len(settings.Spec.SettingsFrom) > 0 {
			needs = append(needs, engine.Need{Feature: meshagent.ProjectSettings, Field: "spec.settingsFrom"})
		}
		return needs
	},
	WriteOnly: func(settings *v1alpha1.MeshProjectSettings) (all []engine.WriteOnly) {
		for _, place := range settingsFrom(settings) {
			at := drift.Path{"settings"}
			for name := range strings.SplitSeq(place.path, ".") {
				at = append(at, name)
			}
			all = append(all, engine.WriteOnly{Path: at, Field: settingsField(place.path), From: place.from})
		}
		return all
	},
	Desired: desiredSettings,
	Adapt:   adaptSettings,
	Hidden:  []string{"settings"},
	Report: func(settings *v1alpha1.MeshProjectSettings, remote meshagent.Settings, _ engine.Inputs) string {
		settings.Status.AutoRecharge = nil
		if remote.AutoRecharge == nil {
			return ""
		}
		shown := &v1alpha1.AutoRechargeStatus{Paused: remote.Paused}
		if at, err := time.Parse(time.RFC3339, remote.LastRecharge); err == nil {
			shown.LastRecharge = new(metav1.NewTime(at.Truncate(time.Second)))
		}
		settings.Status.AutoRecharge = shown
		return ""
	},
}

// secretSetting is a setting that comes from a Secret; from nothing if the spec no longer has it.
type secretSetting struct {
	path string
	from *v1alpha1.SecretKeyReference
}

// settingsFrom are the settings from Secrets, and those that were once written and have left the
// spec.
func settingsFrom(settings *v1alpha1.MeshProjectSettings) (all []secretSetting) {
	for _, one := range settings.Spec.SettingsFrom {
		all = append(all, secretSetting{one.Path, &one.SecretKeyRef})
	}
	for _, written := range settings.Status.WrittenSecrets {
		path, ok := pathOfSettingsField(written.Field)
		if ok && !slices.ContainsFunc(all, func(one secretSetting) bool { return one.path == path }) {
			all = append(all, secretSetting{path: path})
		}
	}
	return all
}

func settingsField(path string) string { return fmt.Sprintf("spec.settingsFrom[%q]", path) }

// pathOfSettingsField is the reverse of settingsField.
func pathOfSettingsField(field string) (path string, ok bool) {
	quoted, starts := strings.CutPrefix(field, "spec.settingsFrom[")
	quoted, ends := strings.CutSuffix(quoted, "]")
	path, err := strconv.Unquote(quoted)
	return path, starts && ends && err == nil && path != ""
}

func desiredSettings(settings *v1alpha1.MeshProjectSettings, _ engine.Inputs) (desired meshagent.SettingsSpec, err error) {
	if desired.Settings, err = freeJSON("spec.settings", settings.Spec.Settings); err != nil {
		return desired, err
	}
	for _, one := range settings.Spec.SettingsFrom {
		if desired.Settings == nil {
			desired.Settings = meshagent.Object{}
		}
		if err := makeRoom(desired.Settings, one.Path); err != nil {
			return desired, err
		}
	}
	for _, one := range settings.Spec.SettingsFrom {
		for _, other := range settings.Spec.SettingsFrom {
			if strings.HasPrefix(other.Path, one.Path+".") {
				return desired, verdict.Invalid(msgInsideSetting, other.Path, one.Path)
			}
		}
	}
	if recharge := settings.Spec.AutoRecharge; recharge != nil {
		desired.AutoRecharge = &meshagent.AutoRecharge{
			Enabled: *recharge.Enabled, Amount: amount(recharge.Amount), Threshold: amount(recharge.Threshold), MonthlyBudget: amount(recharge.MonthlyBudget),
		}
	}
	return desired, nil
}

// makeRoom adds the objects that a setting is in.
func makeRoom(in map[string]any, path string) error {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		if in[name] == nil {
			in[name] = map[string]any{}
		}
		inner, ok := in[name].(map[string]any)
		if !ok {
			return verdict.Invalid(msgNoRoomForSetting, path, name)
		}
		in = inner
	}
	if _, set := in[names[len(names)-1]]; set {
		return verdict.Invalid(msgSettingTwice, path)
	}
	return nil
}

func amount(value *intstr.IntOrString) json.Number {
	if value == nil {
		return ""
	}
	return json.Number(value.String())
}

// adaptSettings leaves amounts as they are that the spec does not say: money is not switched by
// omission. If automatic recharge is disabled, MeshAgent need not keep any amount.
func adaptSettings(desired meshagent.SettingsSpec, remote meshagent.Settings) meshagent.SettingsSpec {
	if desired.AutoRecharge == nil || remote.AutoRecharge == nil {
		return desired
	}
	recharge := *desired.AutoRecharge
	if !recharge.Enabled {
		recharge.Amount, recharge.Threshold, recharge.MonthlyBudget = "", "", ""
	}
	for _, one := range []struct{ wanted, held *json.Number }{
		{&recharge.Amount, &remote.AutoRecharge.Amount},
		{&recharge.Threshold, &remote.AutoRecharge.Threshold},
		{&recharge.MonthlyBudget, &remote.AutoRecharge.MonthlyBudget},
	} {
		if *one.wanted == "" {
			*one.wanted = *one.held
		}
	}
	desired.AutoRecharge = &recharge
	return desired
}
