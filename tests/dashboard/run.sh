#!/usr/bin/env bash
# The page of live nodes in Debian's Chromium, through a failover.
#
#   tests/dashboard/run.sh
#
# Has a world of its own. What was seen is in build/dashboard/*.png.
set -euo pipefail
# shellcheck source=tests/own_world.sh
source "$(dirname "${BASH_SOURCE[0]}")/../own_world.sh"

"$ROOT/scripts/setup.sh" tools browser
"$ROOT/deploy_local.sh" --nodes 3
mkdir -p "$ROOT/build/dashboard"
NODES=$(own_nodes)
SHOTS=$ROOT/build/dashboard
export NODES SHOTS
node "$ROOT/tests/dashboard/page_test.mjs"
