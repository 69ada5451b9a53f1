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
	// maxWait is how long a request can wait for the rate limit, unless it belongs to a list. A
	// request that would wait longer fails with the delay for a retry. Otherwise a project with a
	// small rate limit would block the workers that serve all projects.
	maxWait = 5 * time.Second
	// defaultPause applies if MeshAgent returns 429 without a delay.
	defaultPause = 10 * time.Second
	// maxPause limits the delay that a response can ask for. A wrong date must not stop a project
	// forever.
	maxPause = 10 * time.Minute
)

// Limiter is the rate limit of one credential: a token bucket that pauses when MeshAgent asks for
// it.
type Limiter struct {
	bucket *rate.Limiter

	mu          sync.Mutex
	pausedUntil time.Time
}

// NewLimiter creates a rate limit.
func NewLimiter(perSecond float64, burst int) *Limiter {
	return &Limiter{bucket: rate.NewLimiter(rate.Limit(perSecond), burst)}
}

// Set changes the rate limit.
func (l *Limiter) Set(perSecond float64, burst int) {
	l.bucket.SetLimit(rate.Limit(perSecond))
	l.bucket.SetBurst(burst)
}

// Tokens is how many requests could be sent at once. It is 0 during a pause, and negative while
// requests wait.
func (l *Limiter) Tokens() float64 {
	if tokens := l.bucket.Tokens(); l.pauseLeft(time.Now()) <= 0 {
		return tokens
	}
	return 0
}

// patience allows a request to wait for the rate limit without a bound, and counts how long it
// waited.
type patience struct{ waited atomic.Int64 }

func (p *patience) total() time.Duration { return time.Duration(p.waited.Load()) }

type patienceKey struct{}

// patient is for lists. A list that gives up starts again at its first page, so with a small rate
// limit it would never end.
func patient(ctx context.Context) (context.Context, *patience) {
	made := &patience{}
	return context.WithValue(ctx, patienceKey{}, made), made
}

// wait returns when the rate limit allows the request. If that takes too long, it returns an error
// of status 429 at once.
func (l *Limiter) wait(ctx context.Context, method, template string) error {
	if left := l.pauseLeft(time.Now()); left > 0 {
		return limited(method, template, left)
	}
	patience, patient := ctx.Value(patienceKey{}).(*patience)
	turn := l.bucket.Reserve()
	if !turn.OK() { // the burst is less than one request
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
	// A pause may have begun meanwhile.
	if left := l.pauseLeft(time.Now()); left > 0 {
		return limited(method, template, left)
	}
	return nil
}

// limited says that nothing was sent, and when to retry.
func limited(method, template string, left time.Duration) error {
	return &Error{
		Status: http.StatusTooManyRequests, Method: method, Route: template, Message: "the request budget is used up", RetryAfter: left, unsent: true,
	}
}

// pause stops all requests for a while. A later response never shortens a pause.
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
