#!/usr/bin/env bash
# Tests. The last line is the verdict: "N passed, N failed".
#
#   ./test_cluster.sh          for a newcomer: unit tests, contracts, simulation, a live cluster
#   ./test_cluster.sh --all    everything, as CI runs it: within 40 minutes on two cores
#   ./test_cluster.sh --long   what takes too long for every change: 10,000 fuzz runs, 20,000 seeds,
#                              a million operations
#   ./test_cluster.sh --live   quick checks of the cluster that deploy_local.sh started
#
# Logs are in build/test-logs/. The live tests run in a world of their own, beside yours.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"
cd "$ROOT"

mode=${1:-}
case $mode in
  '' | --all | --long) ;;
  --live) exec scripts/check_live.sh ;;
  *) die "usage: ./test_cluster.sh [--all|--long|--live]" ;;
esac

LOGS=$ROOT/build/test-logs
JOBS=$(nproc)
passed_total=0
failed_total=0
mkdir -p "$LOGS"

sum() { awk '{n += $1} END {print n + 0}'; }

# How each kind of step says how many cases passed and failed; "once" counts the step itself.
passed_in() {
  case $1 in
    gtest) grep -oP '\[  PASSED  \] \K\d+' "$2" | sum ;;
    forge) grep -oP '^Ran \d+ test suites? .*: \K\d+(?= tests? passed)' "$2" | sum ;;
    node) grep -oP '^# pass \K\d+' "$2" | sum ;;
    verdict) grep -oP '^\d+(?= passed, \d+ failed$)' "$2" | tail -n 1 | sum ;;
    once) echo 1 ;;
  esac
}
failed_in() {
  case $1 in
    gtest) grep -oP '\[  FAILED  \] \K\d+(?= tests?, listed below)' "$2" | sum ;;
    forge) grep -oP '^Ran \d+ test suites? .* passed, \K\d+(?= failed)' "$2" | sum ;;
    node) grep -oP '^# (fail|cancelled) \K\d+' "$2" | sum ;;
    verdict) grep -oP '^\d+ passed, \K\d+(?= failed$)' "$2" | tail -n 1 | sum ;;
    once) echo 0 ;;
  esac
}

report() { say "$(printf '  %-7s %-12s %s (%s)' "$1" "$2" "$3" "$(seconds_since "$4")")"; }

# test_step LABEL KIND COMMAND...: a step that ends badly has at least one failure; a step that
# counts nothing proves nothing and fails too.
test_step() {
  local label=$1 kind=$2 log start status=0 passed failed
  shift 2
  log=$LOGS/$label.log
  start=$(now_ms)
  "$@" >"$log" 2>&1 || status=$?
  passed=$(passed_in "$kind" "$log" || true)
  failed=$(failed_in "$kind" "$log" || true)
  if [[ $kind == once ]] && ((status)); then passed=0; fi
  if ((failed == 0 && (status || passed == 0))); then failed=1; fi
  passed_total=$((passed_total + passed))
  failed_total=$((failed_total + failed))
  if ((failed)); then
    report FAILED "$label" "$passed passed, $failed failed" "$start"
    show_log_tail "$log" 40
  else
    report ok "$label" "$passed passed" "$start"
  fi
}

# --- the steps -----------------------------------------------------------------------------------

sources() { git ls-files --cached --others --exclude-standard -- "$@"; }

check_format() {
  sources 'src/*.[ch]pp' 'examples/*.[ch]pp' 'tests/*.[ch]pp' 'bench/*.cpp' |
    xargs -P "$JOBS" -n 32 clang-format-14 --dry-run -Werror
}
check_scripts() { sources '*.sh' '.ci/run' | xargs shellcheck -x; }
check_contract_format() { (cd contracts && "$NPM_BIN/forge" fmt --check); }
# The compile commands are GCC's; it knows warnings that clang does not.
run_clang_tidy() {
  sources 'src/core/*.cpp' | grep -v '_test\.cpp$' |
    xargs -P "$JOBS" -n 1 clang-tidy-14 --quiet -p build/debug \
      --extra-arg=-Wno-unknown-warning-option
}

build_debug() {
  [[ -f build/debug/build.ninja ]] || cmake --preset debug
  cmake --build --preset debug --target unit_tests
}
# Unit tests run with the sanitizers; what runs as processes is built as it is shipped.
build_release() {
  scripts/setup.sh programs contracts
  cmake --build --preset release --target clustersim clustermodel cluster_test scenario_test
}
node_tests() { node --test --test-reporter=tap "$@"; }
# run_labelled PRESET LABEL [PARALLEL]
run_labelled() {
  ctest --test-dir "build/$1" --label-regex "$2" --parallel "${3:-$JOBS}" --verbose
}
# Live suites mostly wait: one more than there are cores.
run_cluster() { run_labelled release cluster $((JOBS + 1)); }
# Gas that differs from contracts/snapshots fails, so that a change of cost is committed and read.
run_contracts() {
  (cd contracts && FOUNDRY_PROFILE=$1 FORGE_SNAPSHOT_CHECK=true "$NPM_BIN/forge" test)
}
# On what one core does in a minute; the long run takes 20 times the states.
explore_model() { "$DNC_BIN/clustermodel" "$@"; }
# simulate SEEDS MINUTES: so many worlds with so many minutes of faults each.
simulate() { "$DNC_BIN/clustersim" --seeds "$1" --minutes "$2" --jobs "$JOBS"; }
# A seed is one run, whatever the compiler made of it.
same_traces() {
  local seed debug release
  cmake --build --preset debug --target clustersim
  for seed in 1 2 3 50; do
    debug=$(build/debug/bin/clustersim --seed "$seed" | grep 'trace hash')
    release=$("$DNC_BIN/clustersim" --seed "$seed" | grep 'trace hash')
    echo "seed $seed: debug $debug, release $release"
    [[ $debug == "$release" ]]
  done
}

# Longer than every change can wait for: a node that was away for a million operations, and a soak,
# whose checkpoints come often so that there are enough of them in a minute.
long_live() {
  scripts/setup.sh programs contracts && cmake --build --preset release --target cluster_test &&
    DNC_AWAY_OPERATIONS=1000000 DNC_CHECKPOINT_BLOCKS=10000 \
      "$DNC_BIN/cluster_test" --gtest_filter='Snapshots.*' &&
    DNC_SOAK_SECONDS=60 DNC_CHECKPOINT_BLOCKS=500 "$DNC_BIN/cluster_test" --gtest_filter='Soak.*'
}

# A world of its own: other ports, another state directory.
own_world() {
  export DNC_HOME=$ROOT/build/test-world DNC_DEPLOYMENTS=$ROOT/build/test-world
  export DNC_PORT=18081 DNC_RPC_PORT=18545 DNC_KMS_PORT=18200
}
smoke_test() (
  own_world
  trap './stop_local.sh --wipe' EXIT
  ./deploy_local.sh --fresh && scripts/check_live.sh --failover
)

# --- what runs -----------------------------------------------------------------------------------

scripts/setup.sh tools
if [[ $mode == --all ]]; then
  test_step build once build_release
else
  test_step build once scripts/setup.sh all
fi
if ((failed_total)); then
  mode=none # nothing below could run
fi

if [[ $mode == --all ]]; then
  test_step format once check_format
  test_step sol-format once check_contract_format
  test_step shellcheck once check_scripts
  test_step build-debug once build_debug
  test_step clang-tidy once run_clang_tidy
  test_step unit gtest run_labelled debug unit
  test_step scenarios gtest run_labelled release scenario
  test_step contracts forge run_contracts check
  test_step coverage once scripts/contract_report.sh
  test_step defects verdict tests/undone/run.sh defect
  test_step model verdict explore_model
  test_step simulation verdict simulate 5000 1
  test_step traces once same_traces
  test_step fuzz verdict tests/fuzz/run.sh 5
  test_step faults verdict tests/mutants/table.mjs --units
  test_step bench node node_tests bench/lib/report_test.mjs bench/guard/figures_test.mjs
  test_step page node node_tests dashboard/test/page_test.mjs dashboard/test/files_test.mjs
  test_step guard verdict bench/guard/run.sh
  test_step systemd once tests/systemd/run.sh
  test_step sdk verdict tests/sdk/run.sh
  test_step deploy verdict tests/deploy/run.mjs
  test_step dashboard verdict tests/dashboard/run.sh
  test_step metrics verdict tests/metrics/run.sh
  test_step live verdict smoke_test
  test_step cluster gtest run_cluster
elif [[ $mode == --long ]]; then
  test_step contracts forge run_contracts ci
  test_step undone verdict tests/undone/run.sh
  test_step mutants verdict tests/mutants/run.sh
  test_step model verdict explore_model --long
  test_step simulation verdict simulate 20000 3
  test_step fuzz verdict tests/fuzz/run.sh 300
  test_step live-long gtest long_live
elif [[ -z $mode ]]; then
  test_step unit gtest run_labelled release unit
  test_step contracts forge run_contracts default
  test_step simulation verdict simulate 200 1
  test_step live verdict smoke_test
fi
echo "$passed_total passed, $failed_total failed"
((failed_total == 0))
