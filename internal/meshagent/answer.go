// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// answer reads the body of a response piece by piece: one resource, one row of a list, or one
// skipped token. Each piece has a size limit.
type answer struct {
	ctx    context.Context //nolint:containedctx // it is the request's, and lives as long
	client *Client
	resp   *http.Response

	head  []byte // the first bytes, which show whether MeshAgent sent the response
	total int64
	read  int64 // bytes of the current piece

	skipped int             // number of tokens
	slots   []chan struct{} // held until close
	err     error           // why the response ended early
}

// Read fails if a piece is larger than its limit.
func (a *answer) Read(p []byte) (int, error) {
	if a.err != nil {
		return 0, a.err
	}
	if left := maxResource + 1 - a.read; int64(len(p)) > left {
		p = p[:left]
	}
	n, err := a.resp.Body.Read(p)
	if missing := cap(a.head) - len(a.head); missing > 0 {
		a.head = append(a.head, p[:min(n, missing)]...)
	}
	a.read += int64(n)
	a.total += int64(n)
	switch {
	case a.read > maxResource, a.total > maxPage:
		a.err = ErrAnswerTooLarge
	case err != nil && !errors.Is(err, io.EOF):
		a.err = fmt.Errorf("reading the response: %w", plain(err))
	default:
		a.err = a.need(a.read > smallText, a.read > largeText)
	}
	if a.err != nil {
		return 0, a.err
	}
	return n, err
}

// need waits for the slots that a response of this size requires.
func (a *answer) need(small, large bool) error {
	for _, slot := range []struct {
		needed   bool
		at       int
		ours, of chan struct{}
	}{{small || large, 0, a.client.reading.small, inMemory.small}, {large, 2, a.client.reading.large, inMemory.large}} {
		if !slot.needed || len(a.slots) > slot.at {
			continue
		}
		for _, one := range []chan struct{}{slot.ours, slot.of} {
			select {
			case one <- struct{}{}:
				a.slots = append(a.slots, one)
			case <-a.ctx.Done():
				return context.Cause(a.ctx)
			}
		}
	}
	return nil
}

// close releases the slots.
func (a *answer) close() {
	for _, slot := range a.slots {
		<-slot
	}
	_ = a.resp.Body.Close()
}

// piece begins the next piece.
func (a *answer) piece() { a.read = 0 }

// decode fills a variable from the JSON of one piece.
func (a *answer) decode(text []byte, into any) error {
	values, err := measure(text)
	if inner := ""; err == nil && len(text) > 0 && text[0] == '"' && json.Unmarshal(text, &inner) == nil {
		values, err = measure([]byte(inner)) // some resources are sent as a string that contains JSON
	}
	if err == nil {
		err = a.need(values > smallValues, values > largeValues)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// resource reads a response that is one piece. An empty response leaves the variable unchanged, and
// a nil variable ignores the content. A response that is not JSON does not come from MeshAgent, so
// it does not show whether the request was carried out.
func (a *answer) resource(into any) error {
	text, err := io.ReadAll(a)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	if into == nil {
		into = new(json.RawMessage)
	}
	return a.decode(bytes.TrimSpace(text), into)
}

// failed returns the error of a request whose response cannot be used.
func (a *answer) failed(r request, err error) error {
	switch {
	case errors.Is(err, ErrAnswerTooLarge), errors.Is(err, ErrUnknownPaging):
		return &AnswerError{Method: r.method, Route: r.route.template, Cause: err}
	case a.err != nil:
		err = a.err
	case !errors.As(err, new(errShape)):
		err = errNotMeshAgent(a.resp, a.head)
	}
	return &NetworkError{Method: r.method, Route: r.route.template, Cause: err}
}

// errShape describes how JSON differs from the expected form.
type errShape string

func (e errShape) Error() string { return string(e) }

// measure counts the values of JSON, or returns ErrAnswerTooLarge. For text that is not JSON, the
// count means nothing.
func measure(text []byte) (values int, err error) {
	depth, number := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringLength(text[i+1:]) + 1
		case '{', '[':
			values++
			depth++
		case '}', ']':
			depth--
		case ',':
			values++
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '.':
			number++
			if number > maxNumber {
				return values, ErrAnswerTooLarge
			}
			continue
		}
		if values > maxValues || depth > maxNesting {
			return values, ErrAnswerTooLarge
		}
		number = 0
	}
	return values, nil
}

// stringLength returns the length of the JSON string at the beginning of a text.
func stringLength(text []byte) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return len(text)
}
