// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

package manager

import (
	"bytes"
	"encoding/json"
	"flag"
	"strings"
	"testing"
)

func TestAllowedEndpoints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args    string
		allowed string
		refused string
	}{
		"by default":                {"", "https://api.meshagent.com", "https://elsewhere.example.com"},
		"with an API of one's own":  {"--meshagent-api-url=http://meshagent.svc:8080/api", "http://meshagent.svc:8080/other", "https://api.meshagent.com"},
		"in some namespaces only":   {"--watch-namespaces=a,b", "https://elsewhere.example.com", ""},
		"those that are listed":     {"--allowed-endpoints=https://*.example.com,http://b:80", "http://b", "https://api.meshagent.com"},
		"those, in some namespaces": {"--watch-namespaces=a --allowed-endpoints=https://*.example.com", "https://a.example.com", "https://b.example.org"},
		"all":                       {"--allowed-endpoints=*", "https://elsewhere.example.com", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opts, err := parsed(t, test.args)
			if err != nil {
				t.Fatal(err)
			}
			if !opts.Endpoints.Allow(test.allowed) || test.refused != "" && opts.Endpoints.Allow(test.refused) {
				t.Errorf("%q: %+v", test.args, opts.Endpoints)
			}
		})
	}
	if _, err := parsed(t, "--allowed-endpoints=api.meshagent.com"); err == nil || !strings.Contains(err.Error(), "--allowed-endpoints") {
		t.Errorf("got %v", err)
	}
}

// parsed reads and checks flags.
func parsed(t *testing.T, args string) (Options, error) {
	t.Helper()
	opts := Options{}
	flags := flag.NewFlagSet(t.Name(), flag.ContinueOnError)
	opts.Bind(flags)
	if err := flags.Parse(strings.Fields(args)); err != nil {
		t.Fatal(err)
	}
	return opts, opts.Check()
}

// Programs read the log of the operator, and people read what Helm prints of --release-objects.
func TestLogger(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args   []string
		isJSON bool
	}{
		"the operator":                 {isJSON: true},
		"the release":                  {args: []string{"--release-objects"}},
		"the operator, as asked for":   {args: []string{"--zap-encoder=console"}},
		"the release, as it was asked": {args: []string{"--release-objects", "--zap-encoder=json"}, isJSON: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opts Options
			flags := flag.NewFlagSet("", flag.ContinueOnError)
			opts.Bind(flags)
			if err := flags.Parse(test.args); err != nil {
				t.Fatal(err)
			}
			var written bytes.Buffer
			opts.Logging.DestWriter = &written
			opts.Logger().Info("Released objects", "number", 2)
			if json.Valid(written.Bytes()) != test.isJSON || !bytes.Contains(written.Bytes(), []byte("Released objects")) {
				t.Errorf("wrote %s", written.String())
			}
		})
	}
}
