#!/usr/bin/env bash
# The chain of the local world.
#
#   scripts/chain.sh start|stop|kill|pause|resume|pid
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
  start)
    make_home
    step chain start_chain
    ;;
  stop) stop_process anvil ;;
  kill) wait_until 10 kill_chain_between_writes || die "the chain's state is never whole" ;;
  pause) signal_process anvil STOP ;;
  resume) signal_process anvil CONT ;;
  pid) pid_of anvil || die "the chain does not run" ;;
  *) die "usage: scripts/chain.sh start|stop|kill|pause|resume|pid" ;;
esac
