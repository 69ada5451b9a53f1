// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"errors"
	"strings"
	"testing"
)

func TestMeasure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		``: 0, `1`: 0, `{}`: 1, `{"a": 1, "b": [1, 2]}`: 4, `"a, b, {[c"`: 0, `["\"{,", "\\", {}]`: 4, `"open`: 0, `"\`: 0,
		strings.Repeat("[", maxNesting) + strings.Repeat("]", maxNesting): maxNesting,
		"[" + strings.Repeat(",", maxValues-1) + "]":                      maxValues,
		strings.Repeat("1", maxNumber) + ", 1":                            1,
		`"` + strings.Repeat("1", 2*maxNumber) + `"`:                      0,
	} {
		if got, err := measure([]byte(text)); got != want || err != nil {
			t.Errorf("%.50s: got %d, %v, want %d", text, got, err, want)
		}
	}
	for name, text := range map[string]string{
		"too deep": strings.Repeat("[", maxNesting+1), "too many": strings.Repeat("{},", maxValues), "a long number": strings.Repeat("1", maxNumber+1) + " ",
	} {
		if _, err := measure([]byte(text)); !errors.Is(err, ErrAnswerTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
