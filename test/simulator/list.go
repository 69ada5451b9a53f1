// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// defaultMaxPage limits pages if the contract has no maximum.
const defaultMaxPage = 500 // assumed: that of rooms and agents

// list answers with a page of a collection. With choose, it lists only what choose returns, in that
// order unless the request asks for another.
func (c *call) list(path string, choose func(*call) []*record) (*answer, error) {
	c = c.listing(path)
	k := c.st.table(path).kind
	records, err := c.order(k, path, choose)
	if err != nil {
		return nil, err
	}
	return answerPage(c, c.filter(k, records), func(rec *record) any { return c.view(rec, listed) }), nil
}

// listing returns the call with the store that lists of a collection read.
func (c *call) listing(path string) *call {
	if frozen := c.s.frozen[path]; frozen != nil {
		out := *c
		out.st = frozen
		return &out
	}
	return c
}

func (c *call) order(k *kind, path string, choose func(*call) []*record) ([]*record, error) {
	var key func(*record) string
	column := c.query.Get("order_by")
	if p := c.route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, "order_by"); p != nil && column == "" {
		column, _ = p.Schema.Value.Default.(string)
	}
	switch member, known := k.orders[column]; {
	case known:
		key = func(rec *record) string { return text(c.view(rec, listed), member) }
	case column != "" && column != "created_at":
		return nil, invalid("query parameter order_by: no such column") // assumed: it might be ignored
	}
	if choose != nil {
		records := choose(c)
		if key != nil {
			records = sortByKey(records, key)
		}
		return records, nil
	}
	// Grants sort by names that are in other tables.
	changes := c.st.table(c.path("rooms")).changes + c.st.table(c.path("agents")).changes
	return c.st.ordered(path, column, changes, key), nil
}

// filter keeps records that contain the text of the query, in lower case.
func (c *call) filter(k *kind, records []*record) []*record {
	want := strings.ToLower(c.query.Get("filter"))
	if want == "" {
		return records
	}
	search := k.search
	if search == nil {
		search = k.unique
	}
	var out []*record
	for _, rec := range records {
		doc := c.view(rec, listed)
		if slices.ContainsFunc(search, func(path string) bool { return strings.Contains(strings.ToLower(text(doc, path)), want) }) {
			out = append(out, rec)
		}
	}
	return out
}

// answerPage returns one page of the matches, as the contract describes the operation.
func answerPage[T any](c *call, items []T, row func(T) any) *answer {
	total := len(items)
	paging, _ := c.route.Operation.Extensions["x-paginated"].(map[string]any)
	if paging != nil {
		offset := min(c.number(paging["offset-param"], 0), total)
		items = items[offset:min(offset+c.pageSize(paging), total)]
	}
	rows := make([]any, 0, len(items))
	for _, item := range items {
		rows = append(rows, row(item))
	}
	out := document{c.listMember(): rows}
	if paging != nil && paging["total-member"] == "total" {
		out["total"] = total
	}
	return jsonAnswer(out)
}

func (c *call) pageSize(paging map[string]any) int {
	byDefault, _ := paging["default-size"].(float64)
	size := c.number(paging["size-param"], int(byDefault))
	maximum := defaultMaxPage
	if n, ok := paging["max-size"].(float64); ok {
		maximum = int(n)
	}
	if c.s.maxPage > 0 {
		maximum = c.s.maxPage
	}
	return min(size, maximum)
}

// number reads a query parameter, which the contract has checked.
func (c *call) number(param any, otherwise int) int {
	name, _ := param.(string)
	n, err := strconv.Atoi(c.query.Get(name))
	if err != nil {
		return otherwise
	}
	return n
}

// listMember is the member of a response that has the list.
func (c *call) listMember() string {
	return c.s.validator.Document().Components.Schemas[c.answerSchema()].Value.Required[0]
}
