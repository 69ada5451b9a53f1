// Copyright 2026 The meshagent-operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package dockerfile checks a Dockerfile without a container engine: with BuildKit's own rules, as docker build --check does, and
// with ours about the image that comes out of it.
package dockerfile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/opencontainers/go-digest"
)

func check(ctx context.Context, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	source := llb.NewSourceMap(nil, file, "Dockerfile", text)
	source.Definition = &llb.Definition{}
	results, err := dockerfile2llb.DockerfileLint(ctx, text, dockerfile2llb.ConvertOpt{
		MetaResolver: anyImage{},
		SourceMap:    source,
	})
	if err != nil {
		return fmt.Errorf("linting: %w", err)
	}
	if results.Error != nil {
		return fmt.Errorf("%s: %s", file, results.Error.Message)
	}
	var problems []error
	for _, warning := range results.Warnings {
		problems = append(problems, fmt.Errorf("%s:%d: %s (%s)", file, warning.Location.Ranges[0].Start.Line, warning.Detail, warning.RuleName))
	}
	return errors.Join(append(problems, checkImages(file, text)...)...)
}

// anyImage stands for the registry: what is in the images that ours is based on has no say here.
type anyImage struct{}

func (anyImage) ResolveImageConfig(_ context.Context, ref string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	return ref, "", []byte(`{"os": "linux", "architecture": "amd64"}`), nil
}

// user is one that Kubernetes can see not to be root: a number, not a name.
var user = regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`)

// checkImages looks at every stage that is not only built in: what it holds, and who runs it.
func checkImages(file string, text []byte) (problems []error) {
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return []error{err}
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		return []error{err}
	}
	for i, stage := range stages {
		if stage.Name == "build" {
			continue
		}
		report := func(format string, args ...any) {
			problems = append(problems, fmt.Errorf("%s:%d: %s", file, stage.Location[0].Start.Line, fmt.Sprintf(format, args...)))
		}
		if !strings.HasPrefix(stage.BaseName, "gcr.io/distroless/static") {
			report("based on %s, which may hold a shell", stage.BaseName)
		}
		var who, labels []string
		var runs *instructions.EntrypointCommand
		for _, command := range stage.Commands {
			switch command := command.(type) {
			case *instructions.UserCommand:
				who = append(who, command.User)
			case *instructions.EntrypointCommand:
				runs = command
			case *instructions.LabelCommand:
				for _, label := range command.Labels {
					labels = append(labels, label.Key)
				}
			case *instructions.RunCommand:
				report("RUN needs a shell, which the image lacks")
			}
		}
		if len(who) == 0 || !user.MatchString(who[len(who)-1]) {
			report("USER must be the numbers of a user and a group other than root's, not %q", strings.Join(who, " "))
		}
		if runs == nil || runs.PrependShell {
			report("ENTRYPOINT must be a list: there is no shell to read a line")
		}
		if i == len(stages)-1 {
			for _, label := range []string{"title", "description", "source", "licenses", "version", "revision"} {
				if !slices.Contains(labels, "org.opencontainers.image."+label) {
					report("the label org.opencontainers.image.%s is missing", label)
				}
			}
		}
	}
	return problems
}
