// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package simulator

import (
	"fmt"
	"net/http"
	"testing"
)

// A cached order of one table must not outlive a change of it, whatever happens in the tables that
// have its sort keys.
func TestDocumentsAreCurrent(t *testing.T) {
	t.Parallel()
	s := New()
	for i := range 20 {
		s.Add("rooms", map[string]any{"name": fmt.Sprintf("room-%d", i), "metadata": map[string]any{}})
		s.Add("feeds", map[string]any{"name": fmt.Sprintf("feed-%d", i)})
		for _, collection := range []string{"rooms", "feeds"} {
			if got := len(s.Documents(collection)); got != i+1 {
				t.Fatalf("%d %s are there, %d are shown", i+1, collection, got)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://simulator/accounts/projects/"+s.ProjectID()+"/"+collection, http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+DevelopmentKey)
			resp, err := s.RoundTrip(r)
			if err != nil || resp.StatusCode != http.StatusOK {
				t.Fatal(resp, err)
			}
			_ = resp.Body.Close()
		}
	}
}
