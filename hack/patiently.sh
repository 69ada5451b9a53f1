#!/usr/bin/env bash
# patiently.sh WHAT COMMAND... runs a command that is silent for long the first time, and says now and then that it is at it.
# Who has more to say about it sources this file for the function.
set -euo pipefail

# patiently EVERY TELL TAKE COMMAND... calls TAKE with each line that the command prints, and TELL every so many seconds. The clock is a time-out
# of reading, and so no process is left behind when this ends early.
patiently() {
  local every=$1 tell=$2 take=$3 line asked next=$((SECONDS + 5)) status=1
  shift 3
  exec 3< <(if "$@" 2>&1 </dev/null; then echo "exit 0"; else echo "exit 1"; fi)
  while true; do
    asked=$SECONDS
    if read -r -t 5 -u 3 line; then
      case $line in
        "exit "*) status=${line#exit } && break ;;
        *) "$take" "$line" ;;
      esac
    elif [[ $((SECONDS - asked)) -lt 4 ]]; then # the end of the output, not of the time (the bash of macOS has one status for both): the command was killed
      break
    fi
    if [[ $SECONDS -ge $next ]]; then
      "$tell"
      next=$((SECONDS + every))
    fi
  done
  exec 3<&-
  return "$status"
}

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
  what=$1
  shift
  print() { printf '%s\n' "$1"; }
  at_it() { printf 'make: %s (%d s; the first time takes a few minutes)\n' "$what" "$SECONDS"; }
  patiently 10 at_it print "$@"
fi
