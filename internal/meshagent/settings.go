// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
)

// SettingsID is the identity and the key of a project's settings. A project has one document.
const SettingsID = "settings"

// SettingsSpec is the part of a project's settings that callers write. A nil member leaves the
// current value unchanged.
type SettingsSpec struct {
	Settings     Object        `json:"settings,omitempty"`
	AutoRecharge *AutoRecharge `json:"auto_recharge,omitempty"`
}

// Settings are the settings of a project, and what its balance shows of automatic recharge.
type Settings struct {
	SettingsSpec

	Paused       bool
	LastRecharge string // a time; "" if there was no recharge

	seen int64 // how often this process had written the settings before they were read
}

// Key is always the same.
func (s SettingsSpec) Key() string { return SettingsID }

// Mark is always zero, because the settings have no place for the ownership annotation.
func (s SettingsSpec) Mark() Mark { return Mark{} }

// WithMark returns the spec unchanged.
func (s SettingsSpec) WithMark(Mark) SettingsSpec { return s }

// Identity is always the same.
func (s Settings) Identity() string { return SettingsID }

// Written is the part that callers write.
func (s Settings) Written() SettingsSpec { return s.SettingsSpec }

// Listed returns the settings without their values, which can be secret.
func (s Settings) Listed() Settings {
	s.Settings = nil
	return s
}

// SettingsParts say which parts of the settings a caller has to do with.
type SettingsParts struct {
	// AutoRecharge is in the balance, which needs a request of its own.
	AutoRecharge bool
	// WriteOnly are the places below the settings that are written and never read. An empty text
	// there removes the value.
	WriteOnly [][]string
}

// projectSettings is not like other collections: it always has one document, in the project.
type projectSettings struct {
	client *Client
	route  route // of the project
	parts  SettingsParts
	turns  *turns
}

// Settings is /accounts/projects/{project_id}/settings, together with /recharge.
func (p *Project) Settings(parts SettingsParts) Collection[SettingsSpec, Settings] {
	return projectSettings{p.client, p.route, parts, p.written}
}

func (c projectSettings) Path() string { return c.route.path + "/settings" }

func (c projectSettings) Traits() Traits { return Traits{Unlisted: true} }

// All returns the one document.
func (c projectSettings) All(ctx context.Context) iter.Seq2[Settings, error] {
	return func(yield func(Settings, error) bool) { yield(c.Get(ctx, Ref{})) }
}

// Get sends GET on the project, and on its balance for automatic recharge.
func (c projectSettings) Get(ctx context.Context, ref Ref) (Settings, error) {
	if ref.ID != "" && ref.ID != SettingsID {
		return Settings{}, &Error{Status: http.StatusNotFound, Method: http.MethodGet, Route: c.route.template + "/settings", Message: "the ID of the settings is " + SettingsID}
	}
	var project struct {
		ID       string `json:"id"`
		Settings Object `json:"settings"`
	}
	seen := c.turns.written.Load()
	get := request{method: http.MethodGet, route: c.route, out: &project}
	err := c.client.do(ctx, get)
	if err == nil && project.ID == "" {
		err = unexpected(get, "it is not a project")
	}
	found := Settings{SettingsSpec: SettingsSpec{Settings: project.Settings}, seen: seen}
	for _, at := range c.parts.WriteOnly {
		removeAt(found.Settings, at)
	}
	if err != nil || !c.parts.AutoRecharge {
		return found, err
	}
	return found, c.readBalance(ctx, &found)
}

func (c projectSettings) readBalance(ctx context.Context, into *Settings) error {
	var balance struct {
		Balance       *json.Number `json:"balance"`
		Amount        json.Number  `json:"auto_recharge_amount"`
		Threshold     json.Number  `json:"auto_recharge_threshold"`
		MonthlyBudget json.Number  `json:"monthly_budget"`
		Paused        bool         `json:"auto_recharge_paused"`
		LastRecharge  string       `json:"last_recharge"`
	}
	get := request{method: http.MethodGet, route: c.route.join("/balance"), out: &balance, open: true}
	err := c.client.do(ctx, get)
	if err == nil && balance.Balance == nil {
		err = unexpected(get, "it has no balance")
	}
	into.AutoRecharge = &AutoRecharge{balance.Amount != "" && !isZero(balance.Amount), balance.Amount, balance.Threshold, balance.MonthlyBudget}
	into.Paused, into.LastRecharge = balance.Paused, balance.LastRecharge
	return err
}

// Create returns an error, because MeshAgent makes the settings together with the project.
func (c projectSettings) Create(ctx context.Context, _ SettingsSpec) (made Settings, shown bool, err error) {
	if made, err = c.Get(ctx, Ref{}); err == nil {
		err = &Error{Status: http.StatusConflict, Message: "the project has settings already", unsent: true}
	}
	return made, false, err
}

// Update sends what differs: PUT …/settings, and POST …/recharge. It is unknown whether PUT
// replaces the settings or merges them, so a member that is removed is sent as null.
func (c projectSettings) Update(ctx context.Context, current Settings, spec SettingsSpec) (made Settings, shown bool, err error) {
	if !sameJSON(current.Settings, spec.Settings) {
		if err := c.put(ctx, current, spec.Settings); err != nil {
			return current, false, err
		}
	}
	if spec.AutoRecharge != nil && c.parts.AutoRecharge && (current.AutoRecharge == nil || *spec.AutoRecharge != *current.AutoRecharge) {
		err = c.client.do(ctx, request{method: http.MethodPost, route: c.route.join("/recharge"), in: spec.AutoRecharge.body(), open: true})
	}
	return current, false, err
}

// put writes the settings. MeshAgent may replace the whole document, so two callers that change
// different members would undo each other's changes: they take turns, and the later one reads again.
func (c projectSettings) put(ctx context.Context, current Settings, wanted Object) error {
	done, err := c.turns.take(ctx)
	if err != nil {
		return err
	}
	defer done()
	if c.turns.written.Load() != current.seen {
		before := current.Settings
		readAgain := projectSettings{c.client, c.route, SettingsParts{WriteOnly: c.parts.WriteOnly}, c.turns}
		if current, err = readAgain.Get(ctx, Ref{}); err != nil {
			return err
		}
		wanted = rebased(before, wanted, current.Settings)
	}
	body := replacing(current.Settings, wanted)
	for _, at := range c.parts.WriteOnly {
		withdrawAt(body, at)
	}
	if hidden := maskIn(body, current.Settings, ""); hidden != "" {
		return fmt.Errorf("%w: %s", ErrValueHidden, hidden)
	}
	c.turns.written.Add(1)
	return c.client.do(ctx, request{method: http.MethodPut, route: c.route.join("/settings"), in: body})
}

// Delete returns an error, because a project always has settings.
func (c projectSettings) Delete(context.Context, string) error {
	return &Error{Status: http.StatusMethodNotAllowed, Message: "the settings of a project cannot be deleted", unsent: true}
}

// turns let one caller after the other write.
type turns struct {
	next    chan struct{}
	written atomic.Int64
}

func newTurns() *turns { return &turns{next: make(chan struct{}, 1)} }

// take waits for the turn.
func (t *turns) take(ctx context.Context) (done func(), err error) {
	select {
	case t.next <- struct{}{}:
		return func() { <-t.next }, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// rebased makes the changes from one document to another in a third.
func rebased(before, after, onto map[string]any) map[string]any {
	result := maps.Clone(onto)
	if result == nil {
		result = map[string]any{}
	}
	for name, was := range before {
		if _, kept := after[name]; !kept && was != nil {
			delete(result, name)
		}
	}
	for name, is := range after {
		was := before[name]
		inner, isObject := is.(map[string]any)
		outer, _ := was.(map[string]any)
		there, thereObject := onto[name].(map[string]any)
		switch {
		case reflect.DeepEqual(was, is):
		case isObject && thereObject:
			result[name] = rebased(outer, inner, there)
		default:
			result[name] = is
		}
	}
	return result
}

// replacing is an object with a null for each member that is removed, at every depth.
func replacing(current, wanted map[string]any) map[string]any {
	body := map[string]any{}
	for name := range current {
		body[name] = nil
	}
	for name, value := range wanted {
		inner, isObject := value.(map[string]any)
		before, wasObject := current[name].(map[string]any)
		if isObject && wasObject {
			value = replacing(before, inner)
		}
		body[name] = value
	}
	return body
}

// removeAt removes the member at a place, if there is one.
func removeAt(in map[string]any, at []string) {
	for _, name := range at[:len(at)-1] {
		in, _ = in[name].(map[string]any)
	}
	delete(in, at[len(at)-1])
}

// withdrawAt replaces an empty text at a place by null.
func withdrawAt(in map[string]any, at []string) {
	for _, name := range at[:len(at)-1] {
		in, _ = in[name].(map[string]any)
	}
	if last := at[len(at)-1]; in[last] == "" {
		in[last] = nil
	}
}

// maskIn is the place of a value that comes from MeshAgent and looks like the mask of a secret. To
// send it back would replace the secret.
func maskIn(body, current map[string]any, path string) string {
	for _, name := range slices.Sorted(maps.Keys(body)) {
		at := strings.TrimPrefix(path+"."+name, ".")
		switch value := body[name].(type) {
		case string:
			if current[name] == value && strings.Trim(value, "*•") == "" && len([]rune(value)) >= 3 {
				return at
			}
		case map[string]any:
			before, _ := current[name].(map[string]any)
			if found := maskIn(value, before, at); found != "" {
				return found
			}
		}
	}
	return ""
}

func sameJSON(a, b Object) bool {
	one, errOne := Encode(a)
	other, errOther := Encode(b)
	return len(a)+len(b) == 0 || errOne == nil && errOther == nil && bytes.Equal(one, other)
}
