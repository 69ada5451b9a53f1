// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// maxWait is how long a request may wait for its turn. Whoever would wait longer is told when to come back,
	// so that one project's small budget does not hold the workers that serve all.
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

// wait returns when it is the request's turn, or at once with an error of status 429 when that is too far away.
func (l *Limiter) wait(ctx context.Context, method, template string) error {
	if left := l.pauseLeft(time.Now()); left > 0 {
		return limited(method, template, left)
	}
	turn := l.bucket.Reserve()
	delay := turn.Delay()
	if !turn.OK() || delay > maxWait {
		turn.Cancel()
		return limited(method, template, delay)
	}
	if delay == 0 {
		return nil
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

func limited(method, template string, left time.Duration) error {
	return &Error{Status: http.StatusTooManyRequests, Method: method, Route: template, Message: "the request budget is used up", RetryAfter: left}
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
