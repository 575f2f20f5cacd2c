#!/usr/bin/env bash
# dstack's own SDK from npm against the stand-ins and a freshly deployed contract.
#
#   tests/sdk/run.sh
#
# Has a world of its own: a chain, a KMS and one machine, without a node.
set -euo pipefail
# shellcheck source=tests/own_world.sh
source "$(dirname "${BASH_SOURCE[0]}")/../own_world.sh"

make_home
step chain start_chain
"$ROOT/deploy_contract.sh" --nodes 1
start_agent 1
keys_given() { grep -q boot_allowed "$(log_file agent-1)"; }
wait_until 20 keys_given || { show_log_tail "$(log_file agent-1)" && die "the KMS gave no keys"; }

RPC_URL=http://127.0.0.1:$DNC_RPC_PORT SOCKET=$DNC_HOME/run/agent-1.sock COMPOSE=$(compose_file)
OPERATOR_KEY=$(<"$(key_file 1 operator)")
KMS_ROOT_KEY=$(<"$DNC_HOME/keys/kms_root.key")
export RPC_URL DEPLOYMENT SOCKET COMPOSE OPERATOR_KEY KMS_ROOT_KEY
node "$ROOT/tests/sdk/sdk_test.mjs"
