// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/meshagent/meshagent-operator/test/simulator"
)

// start runs the command. It returns its URL, its output until then, and a function that stops it.
func start(t *testing.T, args ...string) (url string, printed []string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		err := run(ctx, append([]string{"--listen", "127.0.0.1:0"}, args...), in)
		_ = in.Close()
		done <- err
	}()
	for scanner := bufio.NewScanner(out); scanner.Scan(); {
		line := scanner.Text()
		printed = append(printed, line)
		if address, ok := strings.CutPrefix(line, "export MESHAGENT_API_URL="); ok {
			url = address
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return url, printed, func() error {
		cancel()
		return <-done
	}
}

func get(t *testing.T, url string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+simulator.DevelopmentKey)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func TestRunKeepsData(t *testing.T) {
	seed, data := filepath.Join(t.TempDir(), "seed.yaml"), filepath.Join(t.TempDir(), "data.json")
	if err := os.WriteFile(seed, []byte("webhooks: [{name: a, url: 'https://x', events: []}]\nrooms: [{name: a}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for round := range 2 { // the second run finds the data, and does not seed again
		url, printed, stop := start(t, "--seed", seed, "--data", data, "--latency", "1ms")
		if url == "" {
			t.Fatalf("round %d did not start: %v", round, stop())
		}
		if !strings.Contains(printed[0], url) {
			t.Errorf("the first line is %q", printed[0])
		}
		project := url + "/accounts/projects/" + simulator.New().ProjectID()
		if status := get(t, project+"/rooms/a"); status != http.StatusOK {
			t.Errorf("round %d: the room answers %d", round, status)
		}
		if err := stop(); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
	sim := simulator.New()
	if _, err := sim.Load(data); err != nil {
		t.Fatal(err)
	}
	if got := len(sim.Documents("webhooks")); got != 1 {
		t.Errorf("%d webhooks, want 1", got)
	}
}

func TestRunPlaysANewerServer(t *testing.T) {
	url, _, stop := start(t, "--version", "0.50.1")
	if url == "" {
		t.Fatalf("it did not start: %v", stop())
	}
	if status := get(t, url+"/accounts/whoami"); status != http.StatusOK {
		t.Errorf("whoami answers %d", status)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"--api-key", "x"}, "the API key is not of the form"},
		{[]string{"--seed", "/does/not/exist"}, "opening the seed: "},
		{[]string{"--listen", "nowhere:x"}, "listening: "},
		{[]string{"stray"}, "unexpected argument"},
	} {
		err := run(t.Context(), tt.args, io.Discard)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: got %v, want %q", tt.args, err, tt.want)
		}
	}
}
