// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package contract

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
)

// Handler checks the requests and responses of next, like Transport.
func (v *Validator) Handler(next http.Handler, report func(error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method, path := r.Method, r.URL.EscapedPath()
		rt, r, err := v.checkRequest(r)
		if err != nil {
			report(fmt.Errorf("%s %s: %w", method, path, err))
		}
		rec := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(rec, r)
		if rt == nil || rec.hijacked || w.Header().Get(FaultHeader) != "" {
			return
		}
		if err := rt.CheckResponse(rec.status, w.Header().Get("Content-Type"), rec.body.Bytes()); err != nil {
			report(fmt.Errorf("%s %s: %w", method, path, err))
		}
	})
}

// recorder keeps a copy of a handler's response.
type recorder struct {
	http.ResponseWriter

	status   int
	begun    bool
	hijacked bool
	body     bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (r *recorder) WriteHeader(status int) {
	if !r.begun && status >= http.StatusOK {
		r.status, r.begun = status, true
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (r *recorder) Write(p []byte) (int, error) {
	r.begun = true
	n, err := r.ResponseWriter.Write(p)
	if mediaType(r.Header().Get("Content-Type")) != mediaBinary {
		r.body.Write(p[:n])
	}
	return n, err
}

// Hijack implements http.Hijacker.
func (r *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(r.ResponseWriter).Hijack()
	r.hijacked = err == nil
	return conn, rw, err
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
