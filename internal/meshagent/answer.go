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

// answer reads the body of an answer piece by piece: one resource, one row of a list, or one token of what is skipped. Each
// piece has a bound.
type answer struct {
	ctx    context.Context //nolint:containedctx // it is the request's, and lives as long
	client *Client
	resp   *http.Response

	head  []byte // how it begins: enough to see whether MeshAgent sent it
	total int64
	read  int64 // of this piece

	skipped int             // tokens
	slots   []chan struct{} // that it holds
	err     error           // what ended it before its end
}

// Read bounds what it reads.
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
		a.err = fmt.Errorf("reading the answer: %w", plain(err))
	default:
		a.err = a.need(a.read > smallText, a.read > largeText)
	}
	if a.err != nil {
		return 0, a.err
	}
	return n, err
}

// need waits for the slots that an answer of this size needs.
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

// close frees what it held.
func (a *answer) close() {
	for _, slot := range a.slots {
		<-slot
	}
	_ = a.resp.Body.Close()
}

// piece begins the next one.
func (a *answer) piece() { a.read = 0 }

// decode fills a variable from the JSON of one piece.
func (a *answer) decode(text []byte, into any) error {
	values, err := measure(text)
	if inner := ""; err == nil && len(text) > 0 && text[0] == '"' && json.Unmarshal(text, &inner) == nil {
		values, err = measure([]byte(inner)) // some resources come as a string of JSON
	}
	if err == nil {
		err = a.need(values > smallValues, values > largeValues)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// resource reads an answer that is one piece. An empty one leaves the variable as it is, and so does a nil one, but what is
// not JSON does not come from MeshAgent, and says nothing about what was done.
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

// failed is the error of a request whose answer cannot be used.
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

// errShape says in what JSON is not what was expected.
type errShape string

func (e errShape) Error() string { return string(e) }

// measure counts the values of JSON, or says ErrAnswerTooLarge. Text that is no JSON has some number of them.
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

// stringLength is where the string of JSON ends that a text begins with.
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
