#!/usr/bin/env bash
# Undoes what protects the contract, one protection at a time, and expects the named test to fail.
#
#   tests/undone/run.sh                     all
#   tests/undone/run.sh defect|invariant    the fixes of known defects; what keeps each invariant
#   tests/undone/run.sh NAME...             some of the patches beside this script
#
# A patch says in its header what it undoes and, after "Fails:", which test of contracts/test must
# then fail. Every test_defect_* and invariant_* needs a patch, or nobody knows that it can fail.
# Works on copies, one for each processor: the sources stay as they are.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE=$ROOT/tests/undone
FORGE=$ROOT/node_modules/.bin/forge
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
# The optimizer takes most of the compiler's time and changes no behaviour; the first failure will
# do as it is; one seed, so that the table is the same every time.
export FOUNDRY_OPTIMIZER=false FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT=0 FOUNDRY_FUZZ_SEED=0x1
export FOUNDRY_INVARIANT_FAILURE_PERSIST_DIR=$WORK/none FOUNDRY_PROFILE=default

row() { printf '%-44s %-72s %s\n' "$@"; }

test_of() { sed -n 's/^Fails: //p' "$1"; }

# Only what the tests in question need, so that little is compiled again after each patch.
make_copy() {
  local kind
  mkdir -p "$1/contracts/test" "$1/tests"
  for kind in src bin foundry.toml test/utils "${TESTS[@]}"; do
    cp -r "$ROOT/contracts/$kind" "$1/contracts/$kind"
  done
  cp -r "$ROOT/tests/vectors" "$1/tests/"
  ln -s "$ROOT/node_modules" "$1/contracts/node_modules"
  git init -q "$1" # or git would look for the paths in the repository around it
}

run_tests() { (cd "$1/contracts" && "$FORGE" test --match-test "$2") >"$1/test.log" 2>&1; }

# What came of running a test in a copy: "passes", "fails", or nothing if it did not run.
outcome() {
  if grep -q "^\[PASS\] $2(" "$1/test.log"; then
    echo passes
  elif grep -qE "^(\[FAIL.*\])? $2\(" "$1/test.log"; then # a sequence may stand between
    echo fails
  fi
}

# try COPY PATCH: prints what undoing it did to its test.
try() {
  local copy=$1 test
  test=$(test_of "$2")
  if [[ -z $test ]]; then
    echo "NO TEST IN THE HEADER"
  elif ! git -C "$copy" apply -p1 "$2" 2>"$copy/test.log"; then
    echo "THE PATCH DOES NOT APPLY: bring it up to date"
  else
    run_tests "$copy" "^$test\\(" || true
    case $(outcome "$copy" "$test") in
      fails) echo "fails when undone" ;;
      passes) echo "STILL PASSES: the test proves nothing" ;;
      *) echo "DID NOT RUN: $(grep -m 1 -A 1 -i 'error' "$copy/test.log" | tr '\n' ' ')" ;;
    esac
    git -C "$copy" apply -R -p1 "$2"
  fi
}

# worker COPY: takes the patches that no other worker has taken yet.
worker() {
  local patch name verdict
  for patch in "${PATCHES[@]}"; do
    name=$(basename "$patch" .patch)
    mkdir "$WORK/$name.taken" 2>/dev/null || continue
    verdict=$(try "$1" "$patch")
    row "$name" "$(test_of "$patch")" "$verdict" | tee -a "$WORK/table"
  done
}

kind_of_test() {
  case $1 in
    invariant_*) echo invariant ;;
    *) echo defect ;;
  esac
}

# Tests of the chosen kinds that no patch of the tree names.
unproven_tests() {
  local test
  grep -rhoP 'function \K(invariant_|test(Fuzz)?_defect_)\w+' "${TESTS[@]/#/$ROOT/contracts/}" |
    while read -r test; do
      grep -qx "Fails: $test" "$HERE"/*.patch || row "-" "$test" "NO PATCH UNDOES IT"
    done
}

PATCHES=()
for name in "${@:-}"; do
  case $name in
    '' | defect | invariant) PATCHES+=("$HERE/$name"*.patch) ;;
    *) PATCHES+=("$HERE/$name.patch") ;;
  esac
done
kinds=$(for patch in "${PATCHES[@]}"; do kind_of_test "$(test_of "$patch")"; done | sort -u)
TESTS=()
if [[ $kinds == *defect* ]]; then TESTS+=(test/Defects.t.sol); fi
if [[ $kinds == *invariant* ]]; then TESTS+=(test/invariants); fi

make_copy "$WORK/1"
every=$(for patch in "${PATCHES[@]}"; do test_of "$patch"; done | sort -u | paste -sd '|')
row undone test result
if run_tests "$WORK/1" "^($every)\\("; then
  row "(nothing)" "all of them" "pass"
else
  tail -n 40 "$WORK/1/test.log" >&2
  echo "the tests must pass before anything is undone" >&2
  echo "0 passed, 1 failed"
  exit 1
fi
jobs=$(nproc)
for ((i = 2; i <= jobs; i++)); do cp -r "$WORK/1" "$WORK/$i"; done
export FOUNDRY_INVARIANT_RUNS=400 # at most: the first failure ends a campaign
for ((i = 1; i <= jobs; i++)); do worker "$WORK/$i" & done
wait
if (($# < 2)); then unproven_tests | tee -a "$WORK/table"; fi
passed=$(grep -c 'fails when undone$' "$WORK/table" || true)
failed=$(($(wc -l <"$WORK/table") - passed))
echo "$passed passed, $failed failed"
((failed == 0))
