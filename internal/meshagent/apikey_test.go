// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"fmt"
	"strings"
	"testing"
	"unique"
)

// The test vector of the vendor's key format.
const vector = "ma-D4.tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US.B_wfkK5w-s3-cret"

func TestParseAPIKey(t *testing.T) {
	t.Parallel()
	key, err := ParseAPIKey(vector)
	if err != nil {
		t.Fatal(err)
	}
	if key.ID != "0f8fad5b-d9cb-469f-a165-70867728950e" || key.ProjectID != "7c9e6679-7425-40de-944b-e07fc1f90ae7" || key.secret() != "s3-cret" {
		t.Errorf("got id %s, project %s, secret %q", key.ID, key.ProjectID, key.secret())
	}
	for _, format := range []string{"%v", "%s", "%+v", "%#v"} {
		if printed := fmt.Sprintf(format, key); strings.Contains(printed, "s3-cret") {
			t.Errorf("%s prints the secret", format)
		}
	}
}

// A struct with a key can be printed by mistake, for example in the log of a failed comparison.
func TestNothingThatHoldsAKeyShowsIt(t *testing.T) {
	t.Parallel()
	key, err := ParseAPIKey(vector)
	if err != nil {
		t.Fatal(err)
	}
	options := Options{Key: key}
	client, err := New(options)
	if err != nil {
		t.Fatal(err)
	}
	project := client.Project("p")
	private := struct{ key APIKey }{key}
	for name, value := range map[string]any{
		"the key": key, "a pointer to it": &key, "a private field": private, "options": options, "a client": client,
		"a project": *project, "rooms": project.Rooms(), "grants": project.RoomGrantsByEmail(),
	} {
		for _, format := range []string{"%v", "%s", "%+v", "%#v", "%q", "%x", "%d"} {
			printed := fmt.Sprintf(format, value)
			if strings.Contains(printed, "s3-cret") || strings.Contains(printed, fmt.Sprintf("%x", "s3-cret")) {
				t.Errorf("%s shows the secret in %s", name, format)
			}
		}
	}
	again, err := ParseAPIKey(vector)
	if err != nil || again != key {
		t.Error("two of the same key are different")
	}
}

func TestAPIKeyIsTakenOutOfTexts(t *testing.T) {
	t.Parallel()
	for secret, text := range map[string]string{
		"s3-cret": "s3-cret and s3-cret",
		`a"b\c`:   `a"b\c and {"sent": "a\"b\\c"}`,
	} {
		if got := (APIKey{handle: unique.Make("ma-x-y-" + secret)}).redact(text); strings.Count(got, "[redacted]") != 2 || strings.Contains(got, secret) {
			t.Errorf("%s became %s", text, got)
		}
	}
	if got := (APIKey{}).redact("a text"); got != "a text" {
		t.Errorf("without a key: %s", got)
	}
}

func TestParseAPIKeyRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing":           "",
		"another prefix":    "sk-" + vector[3:],
		"too few parts":     "ma-D4.tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US.B_wfkK5w",
		"an empty secret":   "ma-D4.tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US.B_wfkK5w-",
		"a bad key id":      "ma-D4!tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US.B_wfkK5w-s3-cret",
		"a short project":   "ma-D4.tW9nLRp.hZXCGdyiVDg-fJ5meXQlQN6US-s3-cret",
		"a line break":      vector + "\nX-Other: header",
		"not ASCII":         vector + "é",
		"padded base64":     "ma-D4.tW9nLRp.hZXCGdyiVDg==-fJ5meXQlQN6US.B_wfkK5w-s3-cret",
		"a blank in secret": vector + " x",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseAPIKey(text)
			if err == nil {
				t.Fatal("accepted")
			}
			if strings.Contains(err.Error(), "s3-cret") || strings.Contains(err.Error(), "D4") {
				t.Errorf("the error repeats the key: %v", err)
			}
		})
	}
}

func FuzzParseAPIKey(f *testing.F) {
	f.Add(vector)
	f.Add("ma---")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParseAPIKey(text)
		if err == nil && (key.secret() == "" || key.ProjectID == "" || !strings.HasSuffix(text, key.secret())) {
			t.Errorf("%q was read as %v", text, key)
		}
	})
}
