// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package projects

import (
	"k8s.io/apimachinery/pkg/types"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
)

// The budget of a credential when its MeshProject names none.
const (
	defaultRequestsPerSecond = 20
	burstPerRequest          = 2
)

// allowance is the request budget that a MeshProject asks for.
type allowance struct{ perSecond, burst int32 }

func allowanceOf(limit *v1alpha1.RateLimit) allowance {
	asked := allowance{perSecond: defaultRequestsPerSecond}
	if limit != nil {
		if limit.RequestsPerSecond > 0 {
			asked.perSecond = limit.RequestsPerSecond
		}
		asked.burst = limit.Burst
	}
	if asked.burst == 0 {
		asked.burst = asked.perSecond * burstPerRequest
	}
	return asked
}

// smallest is the budget of a connection: MeshAgent counts by credential, so MeshProjects that
// share one get the least that one of them asked for.
func smallest(all []allowance) allowance {
	least := all[0]
	for _, one := range all[1:] {
		least = allowance{min(least.perSecond, one.perSecond), min(least.burst, one.burst)}
	}
	return least
}

// State is how the connection of a MeshProject is doing.
type State struct {
	// Remaining is how many requests could be sent at once. It is negative while requests wait.
	Remaining float64
	// CircuitOpen says that the endpoint does not answer.
	CircuitOpen bool
}

// State is how the connection of a MeshProject is doing, if it was opened.
func (p *Pool) State(uid types.UID) (State, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, known := range p.open {
		if known.uid == uid {
			return State{known.connection.budget.Tokens(), known.connection.circuit.isOpen()}, true
		}
	}
	return State{}, false
}
