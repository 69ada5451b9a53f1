// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// errLost is what a client sees of a broken connection.
var errLost = fmt.Errorf("connection lost: %w", io.ErrUnexpectedEOF)

// ServeHTTP implements http.Handler.
func (s *Simulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.serveUI(w, r) {
		return
	}
	a, err := s.exchange(r)
	if err != nil {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // the server closes the connection
		}
		_ = conn.Close()
		return
	}
	maps.Copy(w.Header(), a.headers())
	if a.half == NoDrop {
		w.WriteHeader(a.status)
		_, _ = w.Write(a.body) // the client may be gone
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	if a.half == StallWithin {
		<-r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}

// RoundTrip implements http.RoundTripper. It needs no server, host or socket, so it also works in a
// testing/synctest bubble.
func (s *Simulator) RoundTrip(r *http.Request) (*http.Response, error) {
	a, err := s.exchange(r)
	if r.Body != nil {
		_ = r.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)),
		StatusCode:    a.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        a.headers(),
		Body:          io.NopCloser(a.reader(r.Context())),
		ContentLength: int64(len(a.body)),
		Request:       r,
	}, nil
}

// reader reads the body as it arrives.
func (a *answer) reader(ctx context.Context) io.Reader {
	if a.half == NoDrop {
		return bytes.NewReader(a.body)
	}
	return io.MultiReader(bytes.NewReader(a.body[:len(a.body)/2]), broken{ctx, a.half})
}

// broken is the end of a body that does not arrive.
type broken struct {
	ctx  context.Context //nolint:containedctx // it is the request's
	half Drop
}

// Read implements io.Reader.
func (b broken) Read([]byte) (int, error) {
	if b.half == StallWithin {
		<-b.ctx.Done()
		return 0, b.ctx.Err()
	}
	return 0, io.ErrUnexpectedEOF
}

func (a *answer) headers() http.Header {
	h := a.header.Clone()
	if h == nil {
		h = http.Header{}
	}
	if a.contentType != "" {
		h.Set("Content-Type", a.contentType)
	}
	return h
}

// exchange takes a request through faults, the simulated server and the call record. An error means
// that no response arrives.
func (s *Simulator) exchange(r *http.Request) (*answer, error) {
	var raw []byte
	if r.Body != nil {
		var err error
		if raw, err = io.ReadAll(r.Body); err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
	}
	struck := s.strike(r)
	if err := wait(r.Context(), s.latency); err != nil {
		return nil, err
	}
	for _, f := range struck {
		if f.Hook != nil {
			f.Hook(r)
		}
	}
	a, lost := s.answer(r, raw, struck)
	if err := wait(r.Context(), totalDelay(struck)); err != nil {
		return nil, err
	}
	if lost {
		for _, f := range struck {
			if f.Err != nil {
				return nil, f.Err()
			}
		}
		return nil, errLost
	}
	return a, nil
}

// answer carries out the request, unless a fault prevents it.
func (s *Simulator) answer(r *http.Request, raw []byte, struck []Fault) (a *answer, lost bool) {
	a, carriedOut, lost := s.answerLocked(r, raw, struck)
	for _, f := range struck {
		if carriedOut && f.After != nil {
			f.After(r)
		}
	}
	return a, lost
}

// answerLocked also records the call, so that calls are recorded in the order in which they are
// carried out.
func (s *Simulator) answerLocked(r *http.Request, raw []byte, struck []Fault) (a *answer, carriedOut, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range struck {
		switch {
		case a != nil:
		case f.Drop == DropBefore:
			a = &answer{}
		case f.Status != 0:
			a = f.madeUp(raw)
		}
		lost = lost || f.Drop == DropBefore || f.Drop == DropAfter
	}
	if a == nil {
		a, carriedOut = s.carryOut(r, raw), true
	}
	if lost {
		a = &answer{}
	}
	for _, f := range struck {
		if f.Drop == DropWithin || f.Drop == StallWithin {
			cut := *a
			cut.half = f.Drop
			a = &cut
		}
	}
	s.log.add(r, raw, a, s.clock())
	return a, carriedOut, lost
}

func wait(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
