// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"cmp"
	"encoding/json"
	"strings"
)

// AutoRecharge is the automatic recharge of a project's balance. An empty number is not set.
type AutoRecharge struct {
	Enabled       bool        `json:"enabled"`
	Amount        json.Number `json:"amount,omitempty"`
	Threshold     json.Number `json:"threshold,omitempty"`
	MonthlyBudget json.Number `json:"monthly_budget,omitempty"`
}

// rechargeBody is the form in requests. The budget is null if there is none.
type rechargeBody struct {
	Enabled       bool         `json:"enabled"`
	Amount        json.Number  `json:"amount"`
	Threshold     json.Number  `json:"threshold"`
	MonthlyBudget *json.Number `json:"monthly_budget"`
}

func (r AutoRecharge) body() rechargeBody {
	body := rechargeBody{Enabled: r.Enabled, Amount: cmp.Or(r.Amount, "0"), Threshold: cmp.Or(r.Threshold, "0")}
	if r.MonthlyBudget != "" {
		body.MonthlyBudget = &r.MonthlyBudget
	}
	return body
}

// isZero is true for a number without a digit other than 0 in front of its exponent.
func isZero(number json.Number) bool {
	digits, _, _ := strings.Cut(strings.ToLower(number.String()), "e")
	return strings.Trim(digits, "-0.") == ""
}
