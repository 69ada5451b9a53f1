// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
)

// page is one page of a list: its rows, and their total number if MeshAgent reports it.
type page[R any] struct {
	rows  []R
	total *int
}

// readPage reads a page row by row, and skips the rest. A list has no more rows than its page
// allows.
func readPage[S Spec[S], R Resource[S]](a *answer, member string, most int, holding *Holding) (out page[R], err error) {
	decoder := json.NewDecoder(a)
	if err := open(decoder, '{', "the answer is not an object"); err != nil {
		return out, err
	}
	for decoder.More() {
		a.piece()
		token, err := decoder.Token()
		if err != nil {
			return out, err
		}
		switch {
		case token == member && out.rows == nil:
			out.rows, err = readRows[S, R](a, decoder, member, most, holding)
		case token == "total":
			out.total, err = readTotal(a, decoder)
		case token == "continuation_token":
			err = ErrUnknownPaging
		case token == member:
			err = errShape(fmt.Sprintf("the list has two %q", member))
		default:
			err = skip(a, decoder)
		}
		if err != nil {
			return out, err
		}
	}
	// A response without the member must not count as an empty collection.
	if out.rows == nil {
		err = errShape(fmt.Sprintf("the list has no %q", member))
	}
	return out, cmp.Or(end(a, decoder), err)
}

// end checks that nothing follows the list.
func end(a *answer, decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return err
	}
	a.piece()
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errShape("the answer does not end where the list does")
	}
	return nil
}

func open(decoder *json.Decoder, delimiter json.Delim, otherwise string) error {
	token, err := decoder.Token()
	if err == nil && token != delimiter {
		err = errShape(otherwise)
	}
	return err
}

func readRows[S Spec[S], R Resource[S]](a *answer, decoder *json.Decoder, member string, most int, holding *Holding) ([]R, error) {
	if err := open(decoder, '[', string(errMember(member))); err != nil {
		return nil, err
	}
	rows := []R{}
	for decoder.More() {
		a.piece()
		row, err := readRow[S, R](a, decoder, member)
		if err != nil {
			return nil, err
		}
		if len(rows) == most {
			return nil, ErrAnswerTooLarge
		}
		if err := holding.Add(row); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	_, err := decoder.Token()
	return rows, err
}

func errMember(member string) errShape {
	return errShape(fmt.Sprintf("the list has a %q that is not what was expected", member))
}

func readRow[S Spec[S], R Resource[S]](a *answer, decoder *json.Decoder, member string) (row R, err error) {
	var text json.RawMessage
	if err := decoder.Decode(&text); err != nil {
		return row, err
	}
	err = a.decode(text, &row)
	switch {
	case err != nil && (errors.Is(err, ErrAnswerTooLarge) || a.ctx.Err() != nil):
		return row, err
	case err != nil:
		return row, errMember(member)
	case row.Identity() == "":
		return row, errShape(fmt.Sprintf("the list has a %q without an id", member))
	}
	return row, nil
}

// readTotal reads the total number of rows, if it is a number.
func readTotal(a *answer, decoder *json.Decoder) (*int, error) {
	var text json.RawMessage
	if err := decoder.Decode(&text); err != nil {
		return nil, err
	}
	var total *float64
	err := a.decode(text, &total)
	switch {
	case errors.Is(err, ErrAnswerTooLarge):
		return nil, err
	case err == nil && total != nil && *total >= 0 && *total <= math.MaxInt32:
		return new(int(*total)), nil
	}
	return nil, nil //nolint:nilnil // it tells nothing
}

// skip reads past one value.
func skip(a *answer, decoder *json.Decoder) error {
	for depth := 0; ; {
		a.piece()
		token, err := decoder.Token()
		if err != nil {
			return err
		}
		if a.skipped++; a.skipped > maxValues {
			return ErrAnswerTooLarge
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > maxNesting {
			return ErrAnswerTooLarge
		}
		if depth == 0 {
			return nil
		}
	}
}

// AnswerError says that MeshAgent's response cannot be read, because of ErrAnswerTooLarge or
// ErrUnknownPaging. It is unknown whether MeshAgent carried out the request.
type AnswerError struct {
	Method string
	Route  string
	Cause  error
	// News is true if the list was readable, or unknown, before.
	News bool
}

// Error returns, for example, "GET /accounts/…/rooms: the answer is larger than …".
func (e *AnswerError) Error() string { return fmt.Sprintf("%s %s: %v", e.Method, e.Route, e.Cause) }

// Unwrap returns the cause.
func (e *AnswerError) Unwrap() error { return e.Cause }

var (
	// ErrAnswerTooLarge says that a response is larger than the limits of this process, or that a
	// list has too many rows.
	ErrAnswerTooLarge = errors.New("the answer is larger than the operator reads")
	// ErrUnknownPaging says that this client does not know the paging of a list. Such a list must
	// not be used, because it would look short, and missing rows look like deleted resources.
	ErrUnknownPaging = errors.New("the operator does not know how this list continues after its first page")
)

// unreadable wraps the reason why the list cannot be read. It returns nil without a cause.
func (c collection[S, R]) unreadable(cause error) error {
	switch {
	case cause == nil:
		return nil
	case errors.Is(cause, ErrAnswerTooLarge):
		return &AnswerError{Method: http.MethodGet, Route: c.route.template, Cause: cause}
	}
	return &NetworkError{Method: http.MethodGet, Route: c.route.template, Cause: cause}
}
