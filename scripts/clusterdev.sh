#!/usr/bin/env bash
# Trouble for the local world, and more seats. For nothing but the world of these scripts.
#
#   scripts/clusterdev.sh kill|restart|pause|resume SEAT|leader|all
#   scripts/clusterdev.sh partition SEAT|leader    nothing reaches its port (iptables, as root)
#   scripts/clusterdev.sh heal                     all ports take what comes again
#   scripts/clusterdev.sh add                      one more seat: minted, started, counted
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
  die "usage: scripts/clusterdev.sh kill|restart|pause|resume SEAT|leader|all" \
    "       scripts/clusterdev.sh partition SEAT|leader" "       scripts/clusterdev.sh heal|add"
}

command=${1:-}
who=${2:-}
nodes=$(world_get nodes)
[[ -n $nodes ]] || die "no world in $DNC_HOME" "start one with ./deploy_local.sh"

# The seat that leads, as any node knows it.
leader() {
  local seat found
  for ((seat = 1; seat <= nodes; seat++)); do
    found=$("$DNC_BIN/clusterctl" peers --url "$(node_url "$seat")" --request-timeout 1s -o json \
      2>/dev/null | jq -r '.peers[] | select(.leads) | .seat') || true
    if [[ -n $found ]]; then
      echo "$found"
      return 0
    fi
  done
  die "no node knows a leader" "build/bin/clusterctl members shows each of them"
}

# INPUT's rule for the port of a seat.
drop_rule() { iptables -w "$1" INPUT -p tcp --dport "$((DNC_PORT + $2 - 1))" -j DROP; }

heal() {
  local seat
  for ((seat = 1; seat <= NODES_MAX; seat++)); do
    while drop_rule -D "$seat" 2>/dev/null; do :; done
  done
}

# The owner of the local contract is anvil's first account; a seat K is account K's, as in the
# deployment.
add() {
  local seat contract operator
  contract=$(jq -r .address "$DEPLOYMENT")
  seat=$(($(cast call --rpc-url "$(world_get rpc)" "$contract" 'totalSupply()(uint256)') + 1))
  check_node_count "$seat"
  operator=$(cast wallet private-key "$PUBLISHED_MNEMONIC" "$seat")
  write_secret "$DNC_HOME/keys/owner.key" "$(cast wallet private-key "$PUBLISHED_MNEMONIC" 0)"
  "$DNC_BIN/clusterctl" mint "$(cast wallet address "$operator")" --key "$DNC_HOME/keys/owner.key" \
    --deployment "$DEPLOYMENT" --rpc "$(world_get rpc)" --yes >&2
  write_secret "$(key_file "$seat" operator)" "$operator"
  write_secret "$(key_file "$seat" gas)" \
    "$(cast wallet private-key "$PUBLISHED_MNEMONIC" $((GAS_ACCOUNT_OFFSET + seat)))"
  start_node "$seat"
  wait_until 60 node_ready "$seat" || die "node $seat is not ready after 60 s" \
    "build/bin/clusterctl explain $seat --url $(node_url "$seat")"
  say "seat $seat counts, $(node_url "$seat")"
}

if [[ $who == leader ]]; then who=$(leader); fi
case $command in
  kill | restart | pause | resume)
    [[ -n $who ]] || usage
    "$ROOT/scripts/node.sh" "$command" "$who"
    say "$command $who"
    ;;
  partition)
    check_seat "$who"
    drop_rule -A "$who" || die "iptables refuses" "run it as root"
    say "nothing reaches seat $who; scripts/clusterdev.sh heal ends it"
    ;;
  heal) heal ;;
  add) add ;;
  *) usage ;;
esac
