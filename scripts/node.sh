#!/usr/bin/env bash
# One node of the local world, or all of them.
#
#   scripts/node.sh start|stop|kill|restart|pause|resume|wipe|pid|wait SEAT|all
#
# kill is SIGKILL; wipe deletes the data of a node that does not run; wait waits until it is ready.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage="scripts/node.sh start|stop|kill|restart|pause|resume|wipe|pid|wait SEAT|all"
(($# == 2)) || die "usage: $usage"
command=$1
if [[ $2 == all ]]; then
  mapfile -t seats < <(seq 1 "$(world_get nodes)")
else
  check_seat "$2"
  seats=("$2")
fi

wipe() {
  if is_running "node-$1"; then die "node $1 runs" "scripts/node.sh stop $1"; fi
  rm -rf "$DNC_HOME/node-$1"
}

# All get the signal before the first is waited for: "kill all" is one moment.
end() {
  local seat
  for seat in "${seats[@]}"; do signal_process "node-$seat" "$1"; done
  for seat in "${seats[@]}"; do stop_process "node-$seat" "$1"; done
}

case $command in
  stop) end TERM ;;
  kill) end KILL ;;
  restart) end TERM ;;
esac
for seat in "${seats[@]}"; do
  case $command in
    stop | kill) ;;
    start | restart) start_node "$seat" ;;
    pause) signal_process "node-$seat" STOP ;;
    resume) signal_process "node-$seat" CONT ;;
    wipe) wipe "$seat" ;;
    pid) pid_of "node-$seat" || die "node $seat does not run" ;;
    wait) wait_until 60 node_ready "$seat" || die "node $seat is not ready after 60 s" ;;
    *) die "usage: $usage" ;;
  esac
done
