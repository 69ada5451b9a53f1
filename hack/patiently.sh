#!/usr/bin/env bash
# patiently.sh WHAT COMMAND... runs a command that is silent for long the first time, and says how far it is: in one line that
# changes, on a terminal, else in a line now and then. Who has more to say about it sources this file for the functions.
set -euo pipefail

# patiently EVERY TELL TAKE COMMAND... calls TAKE with each line that the command prints, and shows what TELL prints every so many
# seconds. The clock is a time-out of reading, and so no process is left behind when this ends early.
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
    elif [[ $((SECONDS - asked)) -lt 4 ]]; then # the end of the output, not of the time (the bash of macOS has one status for both): the command was killed
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

# clear_line makes place for another line where one that changes may be.
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
  tell() { printf 'make: %s (%d s, %d modules downloaded; the first time takes a few minutes)\n' "$what" "$SECONDS" "$modules"; }
  patiently 10 tell take "$@"
fi
