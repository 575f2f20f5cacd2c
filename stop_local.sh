#!/usr/bin/env bash
# Stops what deploy_local.sh, deploy_contract.sh and start_counters.sh started, and nothing else.
#
#   ./stop_local.sh [--wipe]
#
# --wipe also deletes keys, data, logs, the state of the chain and the deployment file.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"

wipe=
case ${1:-} in
  '') ;;
  --wipe) wipe=yes ;;
  *) die "usage: ./stop_local.sh [--wipe]" ;;
esac

stop_all() {
  local name count=0
  for name in $(process_names 'node-*') $(process_names 'agent-*') $(process_names anvil); do
    if is_running "$name"; then count=$((count + 1)); fi
    signal_process "$name" TERM
    signal_process "$name" CONT
  done
  for name in $(process_names 'node-*') $(process_names 'agent-*') $(process_names anvil); do
    stop_process "$name"
  done
  DETAIL="$count processes"
}

[[ -d $DNC_HOME ]] || exit 0
[[ -n ${DNC_LOCKED:-} ]] || lock_home
make_home
step stopped stop_all
if [[ -n $wipe ]]; then
  rm -rf "$DNC_HOME"/{keys,run,logs,chain,world} "$DNC_HOME"/node-* "$DNC_HOME"/agent-*
  rm -f "$DEPLOYMENT"
fi
