#!/usr/bin/env bash
# dstack's own SDK from npm against the stand-ins and a freshly deployed contract.
#
#   tests/sdk/run.sh
#
# Has a world of its own: a chain, a KMS and one machine, without a node.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(mktemp -d)
export DNC_HOME=$home DNC_DEPLOYMENTS=$home
DNC_RPC_PORT=$("$here/../free_port.mjs")
DNC_KMS_PORT=$("$here/../free_port.mjs" 2) # and its webhook
export DNC_RPC_PORT DNC_KMS_PORT
# shellcheck source=scripts/lib.sh
source "$here/../../scripts/lib.sh"

finish() {
  "$ROOT/stop_local.sh" --wipe >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap finish EXIT

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
node "$here/sdk_test.mjs"
