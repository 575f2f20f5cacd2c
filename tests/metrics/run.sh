#!/usr/bin/env bash
# What programs read of a live cluster: its API against its OpenAPI document, then Debian's
# Prometheus with the alerts of deploy/ and the queries of the Grafana dashboard.
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
NODE_PATH=/usr/share/nodejs node "$ROOT/tests/metrics/openapi_test.mjs"
node "$ROOT/tests/metrics/metrics_test.mjs"
