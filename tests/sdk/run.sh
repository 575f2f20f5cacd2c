#!/usr/bin/env bash
# dstack's own SDK from npm against the stand-ins and a freshly deployed contract.
#
#   tests/sdk/run.sh
#
# Has a world of its own: a chain, a KMS and one machine, without a node.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(mktemp -d)
# A port that is free, and so is the next: the KMS takes both.
free_port() {
  node -e '
    const { createServer } = require("net");
    const listen = (port) => new Promise((done) => {
      const server = createServer();
      server.on("error", () => done(null));
      server.listen(port, "127.0.0.1", () => done(server));
    });
    (async () => {
      for (;;) {
        const first = await listen(0);
        const second = await listen(first.address().port + 1);
        const port = first.address().port;
        first.close();
        second?.close();
        if (second) return console.log(port);
      }
    })();'
}
export DNC_HOME=$home DNC_DEPLOYMENTS=$home
DNC_RPC_PORT=$(free_port)
DNC_KMS_PORT=$(free_port)
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
