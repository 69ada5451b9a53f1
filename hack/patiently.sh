#!/usr/bin/env bash
# patiently.sh WHAT COMMAND... runs a command that is silent for long the first time, and says now and then that it is at it.
set -euo pipefail

what=$1
shift
exec 3< <(if "$@" 2>&1 </dev/null; then echo "exit 0"; else echo "exit 1"; fi)
status=1 next=$((SECONDS + 5))
while true; do
  asked=$SECONDS
  if read -r -t 5 -u 3 line; then
    case $line in
      "exit "*) status=${line#exit } && break ;;
      *) printf '%s\n' "$line" ;;
    esac
  elif [[ $((SECONDS - asked)) -lt 4 ]]; then # the end of the output, not of the time: the command was killed
    break
  fi
  if [[ $SECONDS -ge $next ]]; then
    printf 'make: %s (%d s; the first time takes a few minutes)\n' "$what" "$SECONDS"
    next=$((SECONDS + 10))
  fi
done
exit "$status"
