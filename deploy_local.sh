#!/usr/bin/env bash
# A cluster on this machine: chain, contract, seats, nodes. Typed again, it starts what died.
#
#   ./deploy_local.sh [--nodes N] [--fresh]    3 nodes; --fresh throws the old world away
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"

nodes=
fresh=
while (($#)); do
  case $1 in
    --nodes) nodes=${2:?--nodes takes a number}; shift ;;
    --fresh) fresh=yes ;;
    *) die "usage: ./deploy_local.sh [--nodes N] [--fresh]" ;;
  esac
  shift
done
[[ -z $nodes ]] || check_node_count "$nodes"

# The tools first: everything below needs them.
start=$(now_ms)
"$ROOT/scripts/setup.sh" tools
build() {
  "$ROOT/scripts/setup.sh" contracts &
  local contracts=$!
  "$ROOT/scripts/setup.sh" programs
  wait "$contracts"
  DETAIL="programs in ${DNC_BIN#"$ROOT"/}"
}
step built build

lock_home
export DNC_LOCKED=yes
[[ -z $fresh ]] || "$ROOT/stop_local.sh" --wipe
make_home
standing=$(world_get nodes)
: "${nodes:=${standing:-3}}"
if [[ -n $standing ]] && ((standing != nodes)); then
  die "this world has $standing nodes" "throw it away: ./deploy_local.sh --nodes $nodes --fresh"
fi

step chain start_chain
"$ROOT/deploy_contract.sh" --nodes "$nodes"
"$ROOT/start_counters.sh"
say "  up in $(seconds_since "$start")"

try() { printf '  %-62s %s\n' "$1" "$2"; }
echo
echo "Three things to try:"
try "curl -X POST $(node_url 1)/increment" "count"
try "curl $(node_url "$nodes")/counter" "read it at another node"
try "scripts/node.sh kill 1; curl $(node_url "$nodes")/status" "kill node 1 and see who leads"
echo
echo "./test_cluster.sh --live checks this cluster; ./stop_local.sh ends it."
