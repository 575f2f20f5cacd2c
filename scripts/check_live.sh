#!/usr/bin/env bash
# Checks the running local cluster, as a user would: over HTTP and on the chain.
#
#   scripts/check_live.sh [--failover]    --failover also kills the leader and starts it again
#
# Counts while it checks, so nobody else should. One line for each check, then the verdict.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

nodes=$(world_get nodes)
[[ -n $nodes ]] || die "no world in $DNC_HOME" "start one with ./deploy_local.sh"
passed=0
failed=0

check() {
  local label=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    say "  ok      $label"
  else
    failed=$((failed + 1))
    say "  FAILED  $label"
  fi
}

http() { curl -s --noproxy '*' --max-time 5 "$@"; }
field() { jq -er "$1" 2>/dev/null; }
increment_at() { http -X POST "$(node_url "$1")/increment" "${@:2}" | field .value; }
value_at() { http "$(node_url "$1")/counter${2:-}" | field .value; }
status_at() { http "$(node_url "$1")/status" | field "$2"; }
leader_seat() { status_at "$1" .leader.seat; }

# same_everywhere COMMAND [ARGUMENT]: one answer at all seats.
same_everywhere() {
  local seat answer first
  first=$("$1" 1 "${@:2}") || return 1
  for ((seat = 2; seat <= nodes; seat++)); do
    answer=$("$1" "$seat" "${@:2}") || return 1
    [[ $answer == "$first" ]] || return 1
  done
}

all_ready() { wait_until 30 nodes_ready "$nodes"; }

hundred_increments() {
  local before after i
  before=$(value_at 1) || return 1
  for ((i = 0; i < 100; i++)); do
    increment_at $((i % nodes + 1)) >/dev/null || return 1
  done
  after=$(value_at 1) && ((after == before + 100))
}

same_key_counts_once() {
  local key before first again
  key=check-$(now_ms)
  before=$(value_at 1) || return 1
  first=$(increment_at 1 -H "Idempotency-Key: $key") || return 1
  again=$(increment_at "$nodes" -H "Idempotency-Key: $key") || return 1
  ((first == before + 1 && again == first && $(value_at 1) == first))
}

same_status() { same_everywhere status_at "[.leader.seat, .term, .quorum] | @csv"; }
one_leads() {
  local seat leaders=0
  for ((seat = 1; seat <= nodes; seat++)); do
    if [[ $(status_at "$seat" .role) == leader ]]; then leaders=$((leaders + 1)); fi
  done
  ((leaders == 1))
}
members_at() {
  http "$(node_url "$1")/members" | field '[.members[] | [.seat, .operator, .endpoint]] | tojson'
}
all_members_listed() {
  same_everywhere members_at && [[ $(members_at 1 | field length) == "$nodes" ]]
}

current_leader() { cast call --rpc-url "$(world_get rpc)" "$(jq -r .address "$DEPLOYMENT")" "$1"; }
contract_agrees() { # [A SEAT THAT LIVES]
  local operator
  operator=$(status_at "$1" .leader.operator) || return 1
  [[ $(current_leader 'currentLeader()(address)') == "$(cast to-check-sum-address "$operator")" ]]
}

error_code_of() { http "$@" | field .error.code; }
says_what_is_wrong() {
  [[ $(error_code_of -X POST -d '{"by":' "$(node_url 1)/increment") == bad_request &&
    $(error_code_of "$(node_url 1)/increment") == method_not_allowed &&
    $(error_code_of "$(node_url 1)/nothing") == not_found ]]
}

another_leads() { # [OLD LEADER] [A SEAT THAT LIVES]
  local seat
  seat=$(leader_seat "$2") && [[ $seat != "$1" ]] &&
    increment_at "$2" >/dev/null
}

failover() {
  local old before start
  old=$(leader_seat 1) || return 1
  witness=$((old % nodes + 1))
  before=$(value_at "$witness") || return 1
  start=$(now_ms)
  "$ROOT/scripts/node.sh" kill "$old"
  wait_until 10 another_leads "$old" "$witness" || return 1
  say "          another node took a write after $(seconds_since "$start")"
  (($(value_at "$witness") == before + 1)) || return 1
  killed=$old
}
old_leader_follows() {
  [[ -n ${killed:-} ]] || return 1
  "$ROOT/scripts/node.sh" start "$killed"
  wait_until 30 node_ready "$killed" && same_everywhere value_at
}

check "every node is ready" all_ready
check "all nodes read the same value" same_everywhere value_at
check "100 increments, node after node, give exactly +100" hundred_increments
check "the same Idempotency-Key counts once" same_key_counts_once
check "stale reads catch up everywhere" wait_until 5 same_everywhere value_at '?consistency=stale'
check "all nodes name one leader and one term" wait_until 5 same_status
check "one node says that it leads" one_leads
check "all nodes list all members" wait_until 5 all_members_listed
check "currentLeader() on the contract is the leader's operator" wait_until 5 contract_agrees 1
check "bad requests are told what is wrong" says_what_is_wrong
if [[ ${1:-} == --failover ]] && ((nodes >= 3)); then
  check "after kill -9 of the leader another node leads, nothing is lost" failover
  check "the contract follows within 5 s" wait_until 5 contract_agrees "${witness:-1}"
  check "started again, the old leader follows" old_leader_follows
fi
echo "$passed passed, $failed failed"
((failed == 0))
