// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package managed

import (
	"hash/maphash"

	"k8s.io/apimachinery/pkg/types"

	"github.com/meshagent/meshagent-operator/api/v1alpha1"
	"github.com/meshagent/meshagent-operator/internal/meshagent"
)

// The budget of a credential when its MeshProject names none.
const (
	defaultRequestsPerSecond = 20
	burstPerRequest          = 2
)

// limiter is the budget of a credential, which all connections share that are made with it, whichever MeshProject they come from: the last one
// opened says how large it is. The whole key counts. Its id is no secret, and whoever names it in a key of their own making must not get at the
// budget of others.
func (p *Projects) limiter(endpoint string, key meshagent.APIKey, limit *v1alpha1.RateLimit) *meshagent.Limiter {
	credential := maphash.Comparable(fingerprintKey, struct {
		endpoint string
		key      meshagent.APIKey
	}{endpoint, key})
	perSecond, burst := int32(defaultRequestsPerSecond), int32(0)
	if limit != nil {
		if limit.RequestsPerSecond > 0 {
			perSecond = limit.RequestsPerSecond
		}
		burst = limit.Burst
	}
	if burst == 0 {
		burst = perSecond * burstPerRequest
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.limiters == nil {
		p.limiters = map[uint64]*meshagent.Limiter{}
	}
	if p.limiters[credential] == nil {
		p.limiters[credential] = meshagent.NewLimiter(float64(perSecond), int(burst))
	}
	p.limiters[credential].Set(float64(perSecond), int(burst))
	return p.limiters[credential]
}

// remaining is the request budget that a MeshProject has left, if it was opened.
func (p *Projects) remaining(uid types.UID) (float64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.open[uid]
	if known == nil {
		return 0, false
	}
	return known.connection.budget.Tokens(), true
}
