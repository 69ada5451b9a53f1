// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package trouble_test

import (
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// faultInjector decides what goes wrong.
type faultInjector struct {
	mu      sync.Mutex
	random  *rand.Rand
	all     int // requests to MeshAgent
	failed  int // of these
	refused int // by Kubernetes
}

// strikes says that something goes wrong this time, with one in so many, and chooses among things
// to go wrong.
func (w *faultInjector) strikes(oneIn, choices int) (choice int, strikes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.random.IntN(choices), w.random.IntN(oneIn) == 0
}

// meddle lets one request to MeshAgent in twenty fail.
func (w *faultInjector) meddle(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	statuses := []int{400, 401, 403, 423, 429, 500, 502, 503, 504}
	choice, strikes := w.strikes(20, len(statuses)+4)
	w.mu.Lock()
	w.all++
	if strikes {
		w.failed++
	}
	w.mu.Unlock()
	if !strikes {
		return next.RoundTrip(r)
	}
	if choice < len(statuses) {
		return &http.Response{
			StatusCode: statuses[choice], Header: http.Header{"Retry-After": {"1"}}, Body: io.NopCloser(strings.NewReader("a fault")), Request: r,
		}, nil
	}
	if choice == len(statuses) {
		return nil, errors.New("lost before it was carried out")
	}
	resp, err := next.RoundTrip(r)
	if err != nil {
		return resp, err
	}
	switch choice - len(statuses) {
	case 1:
		_ = resp.Body.Close()
		return nil, errors.New("lost after it was carried out")
	case 2:
		_ = resp.Body.Close()
		<-r.Context().Done()
		return nil, r.Context().Err()
	default:
		resp.Body = io.NopCloser(io.LimitReader(resp.Body, 5))
		return resp, nil
	}
}

// refuse lets one write to Kubernetes in twenty fail.
func (w *faultInjector) refuse(r *http.Request) (int, metav1.StatusReason) {
	choice, strikes := w.strikes(20, 3)
	if !strikes || r.Method != http.MethodPatch || !strings.Contains(r.URL.Path, "/meshagent.com/") {
		return 0, ""
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused++
	switch choice {
	case 0:
		return http.StatusConflict, metav1.StatusReasonConflict
	case 1:
		return http.StatusInternalServerError, metav1.StatusReasonInternalError
	}
	return http.StatusForbidden, metav1.StatusReasonForbidden
}
