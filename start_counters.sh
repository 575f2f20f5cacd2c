#!/usr/bin/env bash
# Starts the KMS, then a guest agent and a node for every seat of the deployed contract, in the
# background.
#
#   ./start_counters.sh [--no-wait]
#
# What runs is left alone, what died is started again. Waits until all are ready, then shows the
# members.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"

wait=yes
case ${1:-} in
  '') ;;
  --no-wait) wait= ;;
  *) die "usage: ./start_counters.sh [--no-wait]" ;;
esac

nodes=$(world_get nodes)
[[ -n $nodes && -f $DEPLOYMENT ]] ||
  die "there is no deployment" "./deploy_contract.sh first, or everything: ./deploy_local.sh"

start_the_kms() {
  jq -e .kmsContract "$DEPLOYMENT" >/dev/null || die "the deployment names no KMS contract" \
    "deploy another: ./deploy_local.sh --fresh"
  start_kms
  if ! wait_until 15 kms_started; then
    show_log_tail "$(log_file kms)"
    die "the KMS did not start"
  fi
  DETAIL="on port $DNC_KMS_PORT, asks contract $(jq -r .kmsContract "$DEPLOYMENT")"
}

start_all() {
  local seat
  for ((seat = 1; seat <= nodes; seat++)); do start_agent "$seat"; done
  for ((seat = 1; seat <= nodes; seat++)); do start_node "$seat"; done
  DETAIL="$nodes nodes, ports $DNC_PORT to $((DNC_PORT + nodes - 1))"
  DETAIL+=", logs in ${DNC_HOME#"$ROOT"/}/logs"
}

# A node is ready before its peers have heard so.
show_members() { "$DNC_BIN/clusterctl" status --url "$(node_url 1)"; }
is_healthy() { show_members >/dev/null 2>&1; }

become_ready() {
  local status=0 seat
  wait_until 60 nodes_ready "$nodes" || status=$?
  if ((status)); then
    for seat in $UNREADY; do show_log_tail "$(log_file "node-$seat")"; done
    if ((status == 2)); then die "a node ended; not ready:$UNREADY"; fi
    die "not ready after 60 s:$UNREADY"
  fi
  wait_until 10 is_healthy || say "  the members disagree on who serves:"
  DETAIL="all $nodes"
}

if [[ -z ${DNC_LOCKED:-} ]]; then # else deploy_local.sh has done both
  "$ROOT/scripts/setup.sh" tools programs
  lock_home
fi
make_home
step kms start_the_kms
step nodes start_all
[[ -n $wait ]] || exit 0
step ready become_ready
show_members
