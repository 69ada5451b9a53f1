#!/usr/bin/env bash
# patiently.sh WHAT COMMAND... runs a command that is silent for a long time, and shows its
# progress. On a terminal it updates one line. Otherwise it prints a line from time to time. Scripts
# with progress messages of their own source this file.
set -euo pipefail

# patiently EVERY TELL TAKE COMMAND... calls TAKE with each line that the command prints, and shows
# the output of TELL every EVERY seconds. The timeout of "read" is the clock, so that no process is
# left behind if this function ends early.
patiently() {
  local every=$1 tell=$2 take=$3 line asked next=$((SECONDS + 5)) status=1
  shift 3
  if [[ -t 1 ]]; then every=1; fi
  exec 3< <(if "$@" 2>&1 </dev/null; then echo "exit 0"; else echo "exit 1"; fi)
  while true; do
    asked=$SECONDS
    if read -r -t 5 -u 3 line; then
      case $line in
        "exit "*) status=${line#exit } && break ;;
        *) "$take" "$line" ;;
      esac
    elif [[ $((SECONDS - asked)) -lt 4 ]]; then # the output ended before the timeout: the command was killed (bash on macOS has one status for both)
      break
    fi
    if [[ $SECONDS -ge $next ]]; then
      if [[ -t 1 ]]; then printf '\r\033[K%s' "$("$tell")"; else "$tell"; fi
      next=$((SECONDS + every))
    fi
  done
  exec 3<&-
  clear_line
  return "$status"
}

# clear_line erases the progress line, so that other output can follow.
clear_line() { if [[ -t 1 ]]; then printf '\r\033[K'; fi; }

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  what=$1 modules=0
  shift
  take() {
    case $1 in
      "go: downloading "*) modules=$((modules + 1)) ;;
      *) clear_line && printf '%s\n' "$1" ;;
    esac
  }
  tell() { printf '%s: %d s, %d modules downloaded (the first run takes a few minutes)\n' "$what" "$SECONDS" "$modules"; }
  patiently 10 tell take "$@"
fi
