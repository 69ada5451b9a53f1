// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// longest is the length beyond which no number is written out.
const longest = 400

// number rewrites a number without changing its value.
func (n Normalization) number(number json.Number) json.Number {
	value, ok := exactly(number)
	switch {
	case !ok:
		return number
	case n&PlainNumbers != 0:
		return json.Number(plainNumber(value))
	case n&FloatNumbers != 0:
		float, exact := value.Float64()
		if !exact {
			return number
		}
		text := strconv.FormatFloat(float, 'f', -1, 64)
		if float >= 1e21 || float <= -1e21 {
			text = strconv.FormatFloat(float, 'e', -1, 64)
		}
		return json.Number(text)
	}
	return number
}

// exactly is the value of a number, unless writing it out would take too long.
func exactly(number json.Number) (*big.Rat, bool) {
	_, exponent, _ := strings.Cut(strings.ToLower(number.String()), "e")
	if digits, err := strconv.Atoi(exponent); exponent != "" && (err != nil || digits > longest || digits < -longest) || len(number) > longest {
		return nil, false
	}
	return new(big.Rat).SetString(number.String())
}

// plainNumber writes a number without an exponent, and without trailing zeros.
func plainNumber(value *big.Rat) string {
	if value.IsInt() {
		return value.Num().String()
	}
	text := value.FloatString(2 * longest) // decimal fractions end long before that
	return strings.TrimRight(text, "0")
}
