#!/usr/bin/env bash
# Debian's Prometheus with the alerts of deploy/, and the queries of the Grafana dashboard, on a
# live cluster.
#
#   tests/metrics/run.sh
#
# Has a world of its own.
set -euo pipefail
# shellcheck source=tests/own_world.sh
source "$(dirname "${BASH_SOURCE[0]}")/../own_world.sh"

"$ROOT/scripts/setup.sh" tools metrics
"$ROOT/deploy_local.sh" --nodes 3
NODES=$(own_nodes)
PROMETHEUS_PORT=$("$ROOT/tests/free_port.mjs")
export NODES PROMETHEUS_PORT
node "$ROOT/tests/metrics/metrics_test.mjs"
