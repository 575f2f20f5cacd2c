# shellcheck shell=bash
# A world of a test's own: its state in a new folder, its ports free ones, nothing left at the end.
# Source it first.
tests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DNC_HOME=$(mktemp -d)
DNC_DEPLOYMENTS=$DNC_HOME
DNC_PORT=$("$tests/free_port.mjs" 3)
DNC_RPC_PORT=$("$tests/free_port.mjs")
DNC_KMS_PORT=$("$tests/free_port.mjs" 2) # and its webhook
export DNC_HOME DNC_DEPLOYMENTS DNC_PORT DNC_RPC_PORT DNC_KMS_PORT
# shellcheck source=scripts/lib.sh
source "$tests/../scripts/lib.sh"

end_own_world() {
  "$ROOT/stop_local.sh" --wipe >/dev/null 2>&1 || true
  rm -rf "$DNC_HOME"
}
trap end_own_world EXIT

# The URLs of nodes 1 to 3, apart by spaces.
own_nodes() { for seat in 1 2 3; do node_url "$seat"; done | paste -sd ' '; }
