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

# Nodes first, the chain last; all are asked before any is waited for.
stop_all() {
  local name names count=0
  mapfile -t names < <({ process_names 'node-*' && process_names '*'; } | awk '!seen[$0]++')
  for name in "${names[@]}"; do
    if is_running "$name"; then count=$((count + 1)); fi
    [[ $name == anvil ]] || signal_process "$name" TERM
    signal_process "$name" CONT
  done
  for name in "${names[@]}"; do
    [[ $name == anvil ]] || stop_process "$name"
  done
  stop_process anvil
  DETAIL="$count processes"
}

[[ -d $DNC_HOME ]] || exit 0
[[ -n ${DNC_LOCKED:-} ]] || lock_home
make_home
step stopped stop_all
if [[ -n $wipe ]]; then
  rm -rf "$DNC_HOME"/{keys,run,logs,chain,world} "$DNC_HOME"/node-* "$DNC_HOME"/agent-*
  rm -f "$(compose_file)"
  rm -f "$DEPLOYMENT"
fi
