#!/usr/bin/env bash
# dockerfile.sh checks the Dockerfile without a container engine. The Dockerfile must build with the
# Go version of go.mod. The images must hold only one program, which runs without a shell and not as
# root. If docker is installed, BuildKit's own rules apply too.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
file=${1:-Dockerfile}

version=$(awk '$1 == "go" { split($2, v, "."); print v[1] "." v[2] }' go.mod)
awk -v want="golang:$version" '
  function report(text) { printf "%s:%d: %s\n", FILENAME, line, text; failed = 1 }
  function finish() {
    if (stage == "build" || stage == "") return
    if (user !~ /^[1-9][0-9]*:[1-9][0-9]*$/) report("USER must be the numeric ids of a user and a group other than root, not \"" user "\"")
    if (entry !~ /^\[/) report("ENTRYPOINT must be a list, because the image has no shell")
  }
  $1 == "FROM" {
    finish(); line = FNR; user = entry = ""
    base = $2 ~ /^--/ ? $3 : $2
    stage = $(NF - 1) == "AS" ? $NF : "final"
    if ($0 ~ / as /) report("write AS")
    if (stage == "build" && base != want) report("the Go version differs from go.mod: use " want)
    if (stage != "build" && base !~ /^gcr\.io\/distroless\/static/) report("base image " base " may contain a shell: use gcr.io/distroless/static")
  }
  $1 == "USER" { user = $2 }
  $1 == "ENTRYPOINT" { entry = $2 }
  $1 == "RUN" && stage != "build" { report("RUN needs a shell, and the image has none") }
  stage == "final" && match($0, /org\.opencontainers\.image\.[a-z]+=/) { label[substr($0, RSTART + 25, RLENGTH - 26)] = 1 }
  END {
    finish()
    if (stage != "final") report("the last stage must not have a name")
    split("title description source licenses version revision", needed, " ")
    for (i in needed) if (!(needed[i] in label)) report("the label org.opencontainers.image." needed[i] " is missing")
    exit failed
  }' "$file"

if docker buildx version >/dev/null 2>&1; then docker build --check -f "$file" .; fi
