#!/usr/bin/env bash
# What each stage of the write path costs in instructions, held against bench/guard/budget.json.
# Instructions do not care how busy the machine is.
#
#   bench/guard/run.sh            counts and judges; fails when a stage is dearer than its budget
#   bench/guard/run.sh --write    makes what was counted the budget: read the difference, commit it
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
cd "$ROOT"

case ${1:-} in
  '' | --write) ;;
  *) die "usage: bench/guard/run.sh [--write]" ;;
esac

scripts/setup.sh guard
counts=$(mktemp -d "$ROOT/build/guard.XXXXXX")
trap 'rm -rf "$counts"' EXIT
count() {
  TMPDIR=$counts valgrind --tool=callgrind --quiet --instr-atstart=no \
    --callgrind-out-file="$counts/out" "$DNC_BIN/bench_guard" >"$counts/units" 2>"$counts/log"
}
count || die "bench_guard failed: $(tail -n 3 "$counts/log")" "run it alone: build/bin/bench_guard"
node bench/guard/judge.mjs "$counts" "$@"
