// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package operator_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	lua "github.com/yuin/gopher-lua"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// customization is what docs/gitops/argocd-cm.yaml tells Argo CD about a kind.
type customization struct {
	health    string
	discovery string
	actions   map[string]string
}

// customizations reads them, by kind.
var customizations = sync.OnceValue(func() map[string]customization {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "gitops", "argocd-cm.yaml"))
	Expect(err).NotTo(HaveOccurred())
	var config corev1.ConfigMap
	Expect(yaml.UnmarshalStrict(text, &config)).To(Succeed())
	all := map[string]customization{}
	for key, value := range config.Data {
		about, kind, found := strings.Cut(strings.TrimPrefix(key, "resource.customizations."), ".meshagent.com_")
		Expect(found).To(BeTrue(), key)
		one := all[kind]
		switch about {
		case "health":
			one.health = value
		case "actions":
			var actions struct {
				Discovery   string `json:"discovery.lua"`
				Definitions []struct {
					Name   string `json:"name"`
					Script string `json:"action.lua"`
				} `json:"definitions"`
			}
			Expect(yaml.UnmarshalStrict([]byte(value), &actions)).To(Succeed())
			one.discovery, one.actions = actions.Discovery, map[string]string{}
			for _, action := range actions.Definitions {
				one.actions[action.Name] = action.Script
			}
		default:
			Fail("Argo CD does not know " + key)
		}
		all[kind] = one
	}
	return all
})

// argoHealth is what Argo CD says of an object.
func argoHealth(obj client.Object) (health, message string) {
	GinkgoHelper()
	if !obj.GetDeletionTimestamp().IsZero() {
		return "Progressing", "Pending deletion" // Argo CD does not ask the script
	}
	gvks, _, err := scheme.ObjectKinds(obj)
	Expect(err).NotTo(HaveOccurred())
	result, _ := inLua(customizations()[gvks[0].Kind].health, content(obj)).(map[string]any)
	health, _ = result["status"].(string)
	message, _ = result["message"].(string)
	return health, message
}

// checkArgoHealth compares what Argo CD says of an object with what kstatus says.
func checkArgoHealth(obj client.Object, kstatus status.Status, suspended bool) {
	GinkgoHelper()
	want := map[status.Status]string{
		status.CurrentStatus: "Healthy", status.InProgressStatus: "Progressing", status.FailedStatus: "Degraded", status.TerminatingStatus: "Progressing",
	}[kstatus]
	if suspended {
		want = "Suspended"
	}
	health, message := argoHealth(obj)
	Expect(health).To(Equal(want), "%s: %s", message, conditions(obj))
	Expect(message).NotTo(BeEmpty())
}

// inLua runs a script as Argo CD does: with the object as a global, and without any library that reaches out of the machine.
func inLua(script string, obj map[string]any) any {
	GinkgoHelper()
	l := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer l.Close()
	for _, library := range []struct {
		name string
		open lua.LGFunction
	}{{lua.LoadLibName, lua.OpenPackage}, {lua.BaseLibName, lua.OpenBase}, {lua.TabLibName, lua.OpenTable}} {
		l.Push(l.NewFunction(library.open))
		l.Push(lua.LString(library.name))
		l.Call(1, 0)
	}
	l.PreloadModule(lua.OsLibName, func(l *lua.LState) int {
		lua.OpenOs(l)
		whole := l.CheckTable(-1)
		safe := l.NewTable()
		for _, name := range []string{"time", "date"} {
			safe.RawSetString(name, whole.RawGetString(name))
		}
		l.SetGlobal(lua.OsLibName, lua.LNil)
		l.Push(safe)
		return 1
	})
	l.SetGlobal("obj", toLua(l, obj))
	Expect(l.DoString(script)).To(Succeed())
	return fromLua(l.Get(-1), obj)
}

func toLua(l *lua.LState, value any) lua.LValue {
	switch value := value.(type) {
	case bool:
		return lua.LBool(value)
	case string:
		return lua.LString(value)
	case int64:
		return lua.LNumber(value)
	case float64:
		return lua.LNumber(value)
	case []any:
		table := l.NewTable()
		for _, item := range value {
			table.Append(toLua(l, item))
		}
		return table
	case map[string]any:
		table := l.NewTable()
		for name, member := range value {
			table.RawSetString(name, toLua(l, member))
		}
		return table
	}
	return lua.LNil
}

// fromLua turns a script's result into JSON. An empty table of Lua is as much a list as an object: it stays what it was, as in Argo CD, which
// makes it a list if it was not there. What was equal is equal again; numbers are integers where they were.
func fromLua(value lua.LValue, before any) any {
	switch value := value.(type) {
	case lua.LBool:
		return bool(value)
	case lua.LString:
		return string(value)
	case lua.LNumber:
		if _, ok := before.(int64); ok {
			return int64(value)
		}
		return float64(value)
	case *lua.LTable:
		was, isObject := before.(map[string]any)
		if value.Len() == 0 && isObject && isEmpty(value) {
			return was
		}
		if value.Len() > 0 || isEmpty(value) {
			return listFromLua(value, before)
		}
		object := map[string]any{}
		value.ForEach(func(name, member lua.LValue) { object[name.String()] = fromLua(member, was[name.String()]) })
		return object
	}
	return nil
}

func listFromLua(table *lua.LTable, before any) []any {
	was, _ := before.([]any)
	list := []any{}
	for i := range table.Len() {
		var item any
		if i < len(was) {
			item = was[i]
		}
		list = append(list, fromLua(table.RawGetInt(i+1), item))
	}
	return list
}

func isEmpty(table *lua.LTable) bool {
	name, _ := table.Next(lua.LNil)
	return name == lua.LNil
}

// act does with the sample what Argo CD does when somebody chooses an action, which must be on offer.
func (l *life) act(ctx context.Context, action string) {
	GinkgoHelper()
	before := l.raw(ctx)
	Expect(l.offered(ctx)).To(HaveKeyWithValue(action, true))
	after, ok := inLua(customizations()[l.sample.kind].actions[action], before.Object).(map[string]any)
	Expect(ok).To(BeTrue())
	Expect(l.Patch(ctx, &unstructured.Unstructured{Object: after}, client.MergeFrom(before))).To(Succeed())
}

// offered are the actions in Argo CD's menu, and whether they can be chosen.
func (l *life) offered(ctx context.Context) map[string]bool {
	GinkgoHelper()
	found, ok := inLua(customizations()[l.sample.kind].discovery, l.raw(ctx).Object).(map[string]any)
	Expect(ok).To(BeTrue())
	offered := map[string]bool{}
	for name, about := range found {
		disabled, _ := about.(map[string]any)["disabled"].(bool)
		offered[name] = !disabled
	}
	return offered
}

var _ = Describe("Argo CD", func() {
	It("is told about every kind, and nothing else", func() {
		var kinds []string
		for kind, one := range customizations() {
			kinds = append(kinds, kind)
			Expect(one.health).NotTo(BeEmpty(), kind)
			Expect(one.discovery).NotTo(BeEmpty(), kind)
		}
		samples := map[string]bool{}
		for _, kind := range kindsOf(readSamples().own) {
			samples[kind] = true
		}
		Expect(kinds).To(HaveLen(len(samples)))
		for kind := range samples {
			Expect(kinds).To(ContainElement(kind))
		}
	})

	It("can look, suspend and resume each sample, and changes nothing else in it", func(ctx SpecContext) {
		bare := sample{kind: "MeshRoom", name: "bare", made: room("bare")} // it has no spec
		together(append(samples(), bare), func(s sample) { obeysArgoCD(ctx, s) })
	})
})

func obeysArgoCD(ctx context.Context, s sample) {
	w := newWorld(ctx)
	w.start(operatorOptions{})
	l := w.begin(ctx, s)
	l.follow(ctx)
	spec := l.specNow(ctx)
	idle := map[string]bool{"reconcile": true}
	if s.mirrors() {
		idle["suspend"], idle["resume"] = true, false
	}
	Expect(l.offered(ctx)).To(Equal(idle))

	l.act(ctx, "reconcile")
	Eventually(func() string {
		_, err := l.state(ctx, l.obj)()
		Expect(err).NotTo(HaveOccurred())
		return statusOf(l.obj).LastHandledReconcileAt
	}).WithContext(ctx).Should(MatchRegexp(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$`))
	Expect(l.specNow(ctx)).To(Equal(spec))
	if !s.mirrors() {
		return
	}

	l.act(ctx, "suspend")
	Eventually(w.state(ctx, l.obj)).WithContext(ctx).Should(And(HavePrefix("Ready=True"), ContainSubstring("Synced=Unknown Suspended")))
	Expect(l.offered(ctx)).To(Equal(map[string]bool{"reconcile": false, "suspend": false, "resume": true}))

	l.act(ctx, "resume")
	w.eventuallyReady(ctx, l.obj)
	Expect(l.offered(ctx)).To(Equal(idle))
	Expect(l.specNow(ctx)).To(Equal(spec))
}

// specNow is what the sample says, whether it is suspended aside.
func (l *life) specNow(ctx context.Context) map[string]any {
	GinkgoHelper()
	spec := map[string]any{}
	if said, ok := l.raw(ctx).Object["spec"].(map[string]any); ok {
		maps.Copy(spec, said)
	}
	delete(spec, "suspend")
	return spec
}
