// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package meshagent

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// What is empty in MeshAgent's form is absent, and no secret is read.
func TestWebhooksAreRead(t *testing.T) {
	t.Parallel()
	var got Webhook
	if err := json.Unmarshal([]byte(`{"id": "w", "name": "n", "url": "https://x", "events": ["b", "a", "b"], "description": null, "action": null, "payload": "", "secret": "hush"}`), &got); err != nil {
		t.Fatal(err)
	}
	text, _ := Encode(got.Written())
	if want := `{"name":"n","url":"https://x","events":["a","b"],"description":""}`; string(text) != want {
		t.Errorf("read %s, and not %s", text, want)
	}
	if got.Secret != nil {
		t.Error("the secret was read")
	}
}

func TestAPayloadThatIsNotAnObjectIsKept(t *testing.T) {
	t.Parallel()
	var sent string
	webhooks := answering(t, func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		sent = string(text)
		_, _ = io.WriteString(w, "{}")
	}).Project("p").Webhooks()
	var current Webhook
	if err := json.Unmarshal([]byte(`{"id": "w", "name": "n", "url": "https://x", "events": [], "payload": "text", "colour": "red"}`), &current); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		payload Object
		want    string
	}{{nil, `"payload":"text"`}, {Object{"a": "b"}, `"payload":{"a":"b"}`}} {
		spec := current.Written()
		spec.Payload = tt.payload
		_, shown, err := webhooks.Update(t.Context(), current, spec)
		if err != nil || shown || !strings.Contains(sent, tt.want) || !strings.Contains(sent, `"colour":"red"`) || !strings.Contains(sent, `"secret":null`) {
			t.Errorf("sent %s: %v", sent, err)
		}
	}
}
