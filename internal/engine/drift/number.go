// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package drift

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// sameNumber compares two JSON numbers by their exact decimal value: 1 equals 1.0, and 1e+21 equals
// 1000000000000000000000. Floating point would round different numbers to the same value.
func sameNumber(a, b json.Number) bool {
	return a == b || decimalOf(a.String()) == decimalOf(b.String())
}

// decimal is 0.digits × 10^exponent.
type decimal struct {
	negative bool
	digits   string // without zeros at either end
	exponent int64
	odd      string // the text of a number with an extreme exponent, which equals only itself
}

func decimalOf(text string) decimal {
	mantissa, power, _ := strings.Cut(strings.ToLower(text), "e")
	exponent, err := strconv.ParseInt(power, 10, 32)
	if err != nil && power != "" {
		return decimal{odd: text}
	}
	mantissa, negative := strings.CutPrefix(mantissa, "-")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := strings.TrimLeft(whole+fraction, "0")
	exponent += int64(len(digits) - len(fraction))
	if digits = strings.TrimRight(digits, "0"); digits == "" {
		return decimal{} // the sign of zero has no meaning
	}
	return decimal{negative: negative, digits: digits, exponent: exponent}
}

// String writes the number in one notation.
func (d decimal) String() string {
	if d.odd != "" {
		return d.odd
	}
	sign := ""
	if d.negative {
		sign = "-"
	}
	return fmt.Sprintf("%s0.%se%d", sign, d.digits, d.exponent)
}
