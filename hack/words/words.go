// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"regexp"
	"strings"
)

// rule is a word that confuses readers, and what to say instead.
type rule struct {
	word    *regexp.Regexp
	instead string
}

// rules are those of CONTRIBUTING.md, "Words". Before a text is checked, fine phrases are removed
// from it.
var rules = []rule{
	banned(`anew`, "again"),
	banned(`bears?|bearing|borne`, "carry, have"),
	banned(`heed(s|ed|ing)?`, "follow, respect"),
	banned(`mend(s|ed|ing)?`, "fix, repair"),
	banned(`lest`, "so that … does not"),
	banned(`meant`, "intended, or say what it does"),
	banned(`(some|any|no)body`, "a user, anyone, no one"),
	banned(`whoever`, "anyone who"),
	banned(`who may`, "who can"),
	banned(`at last`, "finally, or leave it out"),
	banned(`by and by`, "gradually"),
	banned(`beside`, "besides, next to, in addition to"),
	banned(`lies`, "is"),
	banned(`hands off`, "pause, does not change"),
	banned(`sets? right|set right`, "correct"),
	banned(`by itself`, "automatically"),
	banned(`go(es)? on|went on|gone on`, "continue"),
	banned(`(is|are|was|were) told`, "learns, or say who tells"),
	banned(`stands? for`, "represents, is"),
	banned(`lets? ((it|them|him|her|the \w+|an? \w+) )?go`, "release, orphan"),
	banned(`gives? ((it|them|the \w+|an? (\w+ )?\w+) )?free`, "release"),
	banned(`(is|are|was|were) no`, "is not a"),
	banned(`of which`, "two sentences"),
}

// fine are phrases of good English that contain a banned word.
var fine = regexp.MustCompile(`(?i)\b(there (is|are|was|were) no|(is|are|was|were) no (longer|more|one|other|less|fewer)|go(es)? on to)\b`)

func banned(pattern, instead string) rule {
	return rule{regexp.MustCompile(`(?i)\b(` + pattern + `)\b`), instead}
}

// find returns the findings in a text as sentences.
func find(text string) (wrong []string) {
	text = fine.ReplaceAllStringFunc(text, func(phrase string) string { return strings.Repeat("·", len(phrase)) })
	for _, one := range rules {
		if word := one.word.FindString(text); word != "" {
			wrong = append(wrong, `"`+word+`": say `+one.instead)
		}
	}
	return wrong
}
