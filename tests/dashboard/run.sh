#!/usr/bin/env bash
# The page of live nodes in Debian's Chromium, through a failover.
#
#   tests/dashboard/run.sh
#
# Has a world of its own. What was seen is in build/dashboard/*.png.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=$(mktemp -d)
export DNC_HOME=$home DNC_DEPLOYMENTS=$home
DNC_PORT=$("$here/../free_port.mjs" 3)
DNC_RPC_PORT=$("$here/../free_port.mjs")
DNC_KMS_PORT=$("$here/../free_port.mjs" 2) # and its webhook
export DNC_PORT DNC_RPC_PORT DNC_KMS_PORT
# shellcheck source=scripts/lib.sh
source "$here/../../scripts/lib.sh"

finish() {
  "$ROOT/stop_local.sh" --wipe >/dev/null 2>&1 || true
  rm -rf "$home"
}
trap finish EXIT

"$ROOT/scripts/setup.sh" tools browser
"$ROOT/deploy_local.sh" --nodes 3
mkdir -p "$ROOT/build/dashboard"
NODES=$(for seat in 1 2 3; do node_url "$seat"; done | paste -sd ' ')
SHOTS=$ROOT/build/dashboard
export NODES SHOTS
node "$here/page_test.mjs"
