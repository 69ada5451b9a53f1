// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxWait is how long a request may wait for its turn, unless it is one of a list. Whoever would wait longer is told
	// when to come back, so that one project's small budget does not hold the workers that serve all.
	maxWait = 5 * time.Second
	// defaultPause is taken when MeshAgent says "too many requests" without saying for how long.
	defaultPause = 10 * time.Second
	// maxPause bounds what an answer can ask for: a wrong date must not stop a project for ever.
	maxPause = 10 * time.Minute
)

// Limiter is the budget of requests of one credential: a token bucket that pauses when MeshAgent asks for it.
type Limiter struct {
	bucket *rate.Limiter

	mu          sync.Mutex
	pausedUntil time.Time
}

// NewLimiter makes a budget of so many requests a second, and so many at once.
func NewLimiter(perSecond float64, burst int) *Limiter {
	return &Limiter{bucket: rate.NewLimiter(rate.Limit(perSecond), burst)}
}

// Set changes the budget.
func (l *Limiter) Set(perSecond float64, burst int) {
	l.bucket.SetLimit(rate.Limit(perSecond))
	l.bucket.SetBurst(burst)
}

// Tokens is how many requests could go out at once: none in a pause, and less than none while requests wait for their turn.
func (l *Limiter) Tokens() float64 {
	if tokens := l.bucket.Tokens(); l.pauseLeft(time.Now()) <= 0 {
		return tokens
	}
	return 0
}

// patience says that a request may wait for its turn for as long as it takes, and how long it did.
type patience struct{ waited atomic.Int64 }

func (p *patience) total() time.Duration { return time.Duration(p.waited.Load()) }

type patienceKey struct{}

// patient is for lists. A list that gives up begins again at its first page, so it would never end under a small rate limit.
func patient(ctx context.Context) (context.Context, *patience) {
	made := &patience{}
	return context.WithValue(ctx, patienceKey{}, made), made
}

// wait returns when it is the request's turn, or at once with an error of status 429 when that is too far away.
func (l *Limiter) wait(ctx context.Context, method, template string) error {
	if left := l.pauseLeft(time.Now()); left > 0 {
		return limited(method, template, left)
	}
	patience, patient := ctx.Value(patienceKey{}).(*patience)
	turn := l.bucket.Reserve()
	if !turn.OK() { // the bucket holds less than one request
		return limited(method, template, maxPause)
	}
	delay := turn.Delay()
	if delay > maxWait && !patient {
		turn.Cancel()
		return limited(method, template, delay)
	}
	if delay == 0 {
		return nil
	}
	if patient {
		patience.waited.Add(int64(delay))
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		turn.Cancel()
		return context.Cause(ctx)
	}
	// The pause may have begun meanwhile.
	if left := l.pauseLeft(time.Now()); left > 0 {
		return limited(method, template, left)
	}
	return nil
}

// limited says that nothing was sent, and when to come back.
func limited(method, template string, left time.Duration) error {
	return &Error{
		Status: http.StatusTooManyRequests, Method: method, Route: template, Message: "the request budget is used up", RetryAfter: left, unsent: true,
	}
}

// pause stops all requests for a while. A pause is never shortened by a later answer.
func (l *Limiter) pause(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(d); until.After(l.pausedUntil) {
		l.pausedUntil = until
	}
}

func (l *Limiter) pauseLeft(now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pausedUntil.Sub(now)
}
