#!/usr/bin/env bash
# build.sh puts etcd, kube-apiserver, kube-controller-manager and kubectl into bin/k8s. If
# KUBEBUILDER_ASSETS is set, it uses the programs in that folder. Otherwise it downloads
# setup-envtest's archive, if the network allows it. The go command builds the missing programs, in
# the versions of the go.mod in this folder. A second run does nothing.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
# shellcheck source=hack/patiently.sh
source "$root/hack/patiently.sh"
out=$root/bin/k8s
stamp=$out/.stamp
log=$out/build.log
binaries=(etcd kube-apiserver kube-controller-manager kubectl)

version=$(awk '$1 == "k8s.io/kubernetes" { print $2; exit }' "$here/go.mod")
IFS=. read -r major minor _ <<<"${version#v}"

say() { printf 'controlplane: %s\n' "$*"; }

# `make test` itself sets KUBEBUILDER_ASSETS to bin/k8s, so that folder cannot be the source.
assets=${KUBEBUILDER_ASSETS:-}
if [[ -n $assets ]]; then
  assets=$(cd "$assets" 2>/dev/null && pwd -P) || { say "KUBEBUILDER_ASSETS is not a folder: $KUBEBUILDER_ASSETS" >&2; exit 1; }
  if [[ $assets -ef $out ]]; then assets=; fi
fi
wanted="kubernetes $version, go.mod and build.sh $(cat "$here/go.mod" "${BASH_SOURCE[0]}" | cksum), assets ${assets:-none}"

up_to_date() {
  local name
  [[ -f $stamp && $(<"$stamp") == "$wanted" ]] || return
  for name in "${binaries[@]}"; do [[ -x $out/$name ]] || return; done
}

link_assets() {
  local name
  for name in "${binaries[@]}"; do
    if [[ -x $assets/$name ]]; then
      say "using $assets/$name"
      ln -s "$assets/$name" "$new/$name"
    fi
  done
}

# download uses setup-envtest, but only after curl has found both the index and the archive.
# setup-envtest takes a minute to compile and minutes to give up, which would be wasted without
# network access.
download() {
  local index archive folder
  command -v curl >/dev/null || return
  index=$(curl -fsL -m 5 https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/HEAD/envtest-releases.yaml) || return
  archive=$(grep -Eo -m1 "https://\S+/envtest-v$major\.$minor\.[0-9]+-$(go env GOOS)-$(go env GOARCH)\.tar\.gz" <<<"$index") || return
  curl -fsIL -m 5 -o /dev/null "$archive" || return
  say "downloading etcd, kube-apiserver and kubectl $major.$minor with setup-envtest"
  folder=$(cd "$root" && go tool -modfile=hack/tools/go.mod setup-envtest use "$major.$minor.x!" -p path --bin-dir "$new/envtest") || return
  cp "$folder"/{etcd,kube-apiserver,kubectl} "$new"
}

build_missing() {
  local name names=() sources=()
  for name in "${binaries[@]}"; do
    [[ -x $new/$name ]] && continue
    names+=("$name")
    case $name in
      etcd) sources+=(go.etcd.io/etcd/server/v3) ;;
      *) sources+=("k8s.io/kubernetes/cmd/$name") ;;
    esac
  done
  [[ ${#names[@]} -gt 0 ]] || return 0

  say "building ${names[*]} from source (Kubernetes $version)"
  say "the first run takes about 8 minutes on two cores, later runs do nothing; the log is ${log#"$root"/}"
  local v=k8s.io/component-base/version
  if ! patiently 20 say_progress count go build -C "$here" -v -trimpath -o "$new" \
    -ldflags "-s -w -X $v.gitVersion=$version -X $v.gitMajor=$major -X $v.gitMinor=$minor" "${sources[@]}"; then
    tail -n 20 "$log" >&2
    say "the build failed; the log is $log" >&2
    return 1
  fi
  # The package that holds etcd's main function is named server.
  if [[ -e $new/server ]]; then mv "$new/server" "$new/etcd"; fi
}

modules=0 packages=0
count() {
  case $1 in
    "go: downloading "*) modules=$((modules + 1)) ;;
    *) packages=$((packages + 1)) ;;
  esac
  printf '%s\n' "$1" >>"$log"
}
say_progress() { say "$(elapsed): $modules modules downloaded, $packages packages compiled, still building"; }
elapsed() { printf '%d:%02d min' $((SECONDS / 60)) $((SECONDS % 60)); }

# Build for this machine, whatever platform the caller builds for. Do not use a C compiler, because
# it may not work.
unset GOOS GOARCH
export GOWORK=off CGO_ENABLED=0

if up_to_date; then exit; fi
mkdir -p "$out"

# Allow one run at a time. Without flock (macOS), two runs do the same work twice, without harm,
# because both end in renames.
if command -v flock >/dev/null; then
  exec 9>"$out/.lock"
  if ! flock -n 9; then
    say "waiting for another run in ${out#"$root"/}"
    flock 9
  fi
  if up_to_date; then exit; fi
  rm -rf "$out"/.new.* # left by a run that was killed
fi

new=$(mktemp -d "$out/.new.XXXXXX")
# setup-envtest leaves read-only folders.
trap 'chmod -R u+w "$new" && rm -rf "$new"' EXIT
: >"$log"

if [[ -n $assets ]]; then
  link_assets
else
  download 2>>"$log" || rm -rf "$new/envtest"
fi
build_missing

rm -f "$stamp"
for name in "${binaries[@]}"; do mv -f "$new/$name" "$out/$name"; done
printf '%s\n' "$wanted" >"$new/stamp"
mv -f "$new/stamp" "$stamp"
say "ready in ${out#"$root"/} after $(elapsed)"
