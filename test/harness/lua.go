// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package harness

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	lua "github.com/yuin/gopher-lua"
)

// RunLua runs a script as Argo CD does: with the object as a global, and without libraries that
// reach outside of the script.
func RunLua(script string, obj map[string]any) any {
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

// fromLua turns a script's result into JSON. An empty table of Lua can be a list or an object. It
// keeps its former type, or becomes a list if there was none, as in Argo CD. Equal values stay
// equal, and integers stay integers.
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
