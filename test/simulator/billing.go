// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import "maps"

var billingOperations = map[string]operation{
	"getPricing":            getPricing,
	"getBalance":            func(c *call) (*answer, error) { return jsonAnswer(c.balance()), nil },
	"getRecentTransactions": func(c *call) (*answer, error) { return c.list(c.path("transactions"), nil) },
	"setAutoRecharge":       setAutoRecharge,
	"getCheckoutUrl":        checkout,
	"getCreditsCheckoutUrl": checkout,
	"getSubscription": func(*call) (*answer, error) {
		return jsonAnswer(document{"status": "active", "plan": "development"}), nil
	},
	"getUsage": func(c *call) (*answer, error) { return c.list(c.path("usage"), nil) },
}

func getPricing(*call) (*answer, error) {
	return jsonAnswer(document{"currency": "usd", "models": []any{}}), nil
}

// balance is one document per project. It is stored when it first changes.
func (c *call) balance() document {
	if rec := c.st.get(c.path("billing"), "balance"); rec != nil {
		return rec.doc
	}
	return document{
		"balance": 100, "auto_recharge_threshold": nil, "auto_recharge_amount": nil, "last_recharge": nil,
		"monthly_budget": nil, "auto_recharge_paused": false, "auto_recharged_this_month": nil,
	}
}

func setAutoRecharge(c *call) (*answer, error) {
	body, doc := c.object(), maps.Clone(c.balance())
	doc["auto_recharge_amount"], doc["auto_recharge_threshold"], doc["monthly_budget"] = nil, nil, nil
	if body["enabled"] == true {
		doc["auto_recharge_amount"], doc["auto_recharge_threshold"], doc["monthly_budget"] = body["amount"], body["threshold"], body["monthly_budget"]
	}
	c.st.put(&record{path: c.path("billing"), id: "balance", doc: doc})
	return c.done(), nil
}

func checkout(*call) (*answer, error) {
	return jsonAnswer(document{"checkout_url": "https://checkout.meshagent.example/" + randomText()}), nil
}
