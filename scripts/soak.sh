#!/usr/bin/env bash
# Constant load on a cluster of its own, as shipped: memory and disk of every node must stay within
# what docs/snapshots.md derives. Draws what it saw.
#
#   scripts/soak.sh [MINUTES]    10; writes docs/soak.csv and docs/soak.svg
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

minutes=${1:-10}
[[ $minutes =~ ^[1-9][0-9]{0,3}$ ]] || die "usage: scripts/soak.sh [MINUTES]"
cd "$ROOT"
scripts/setup.sh programs contracts
cmake --build --preset release --target cluster_test

status=0
DNC_SOAK_SECONDS=$((minutes * 60)) DNC_SOAK_DATA=$ROOT/docs/soak.csv \
  "$DNC_BIN/cluster_test" --gtest_filter='Soak.*' || status=$?
scripts/soak_plot.mjs docs/soak.csv docs/soak.svg
exit "$status"
