// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package samples

import (
	"reflect"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/meshagent/meshagent-operator/internal/controller"
	"github.com/meshagent/meshagent-operator/internal/engine"
)

// IsUndeletable is true if MeshAgent has no way to delete what objects of this kind represent. Where
// such an object goes, the harnesses delete its resource by hand, so that all that holds for other
// kinds can be asked of this one, too.
func IsUndeletable(obj client.Object) bool {
	for _, one := range controller.All {
		kind, ok := one.(engine.Driver)
		if ok && reflect.TypeOf(kind.NewObject()) == reflect.TypeOf(obj) {
			return kind.IsUndeletable()
		}
	}
	return false
}
