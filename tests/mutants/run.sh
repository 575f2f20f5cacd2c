#!/usr/bin/env bash
# Plants known bugs, one at a time, and expects the checks to find each.
#
#   tests/mutants/run.sh [NAME...]    all by default
#
# A mutant is a patch with a header: the rule it breaks, and under "Caught by" the commands that
# must fail, tried in order until one does. Works on a copy: the sources stay as they are.
# DNC_MUTANTS_DIR keeps copy and build for the next run.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE=$ROOT/tests/mutants
WORK=${DNC_MUTANTS_DIR:-}
if [[ -z $WORK ]]; then
  WORK=$(mktemp -d)
  trap 'rm -rf "$WORK"' EXIT
fi
COPY=$WORK/source
BUILD=$WORK/build
TARGETS=(clustersim scenario_test)
# Objects of one copy serve the next.
export CCACHE_BASEDIR=$WORK CCACHE_NOHASHDIR=1

passed=0
failed=0

row() { printf '%-34s %-62s %-8s %6s\n' "$@"; }

seconds_since() { echo $(((${EPOCHREALTIME/[.,]/} - $1) / 1000000)); }

# Brings the copy to the state of the sources; unchanged files keep their time.
refresh_copy() {
  local folder
  mkdir -p "$COPY/tests"
  for folder in src cmake tests/mutants; do
    mkdir -p "$COPY/$folder"
    mirror "$ROOT/$folder" "$COPY/$folder"
  done
  cp -u "$ROOT/CMakeLists.txt" "$ROOT/CMakePresets.json" "$COPY/"
  printf 'add_subdirectory(mutants)\n' >"$WORK/tests.txt"
  cmp -s "$WORK/tests.txt" "$COPY/tests/CMakeLists.txt" ||
    cp "$WORK/tests.txt" "$COPY/tests/CMakeLists.txt"
}

mirror() {
  local file
  (cd "$1" && find . -type f) | while read -r file; do
    cmp -s "$1/$file" "$2/$file" && continue
    mkdir -p "$(dirname "$2/$file")"
    cp "$1/$file" "$2/$file"
  done
  (cd "$2" && find . -type f) | while read -r file; do
    [[ -e $1/$file ]] || rm "$2/$file"
  done
}

build() {
  if [[ ! -f $BUILD/build.ninja ]]; then
    cmake -S "$COPY" -B "$BUILD" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS_RELEASE=-O2 \
      -DCMAKE_RUNTIME_OUTPUT_DIRECTORY="$BUILD/bin"
  fi
  cmake --build "$BUILD" --target "${TARGETS[@]}"
}

# The commands under "Caught by" in a patch's header.
checks_of() { sed -n '/^Caught by:/,/^$/{s/^  //p}' "$1"; }

failing_seed() { sed -n 's/^seed \([0-9]*\):.*/\1/p' "$WORK/check.log" | head -n 1; }

# run_check COMMAND: 0 if the check found nothing. Ends at the first failing seed: SEED.
run_check() {
  local status=0 pid
  (cd "$BUILD/bin" && exec timeout 180 bash -c "exec ./$1") >"$WORK/check.log" 2>&1 &
  pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    SEED=$(failing_seed)
    if [[ -n $SEED ]]; then
      kill "$pid" 2>/dev/null || true
      wait "$pid" 2>/dev/null || true
      return 1
    fi
    sleep 0.1
  done
  wait "$pid" || status=$?
  SEED=$(failing_seed)
  : "${SEED:=-}"
  if ((status == 126 || status == 127)); then
    cat "$WORK/check.log" >&2
    return 0  # it did not run: it found nothing
  fi
  return "$status"
}

count() {
  if [[ $1 == passed ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
}

# The unharmed tree passes all that mutants must fail.
check_unharmed() {
  local check start found=nothing
  start=${EPOCHREALTIME/[.,]/}
  while read -r check; do
    if ! run_check "$check"; then
      found=$check
      tail -n 20 "$WORK/check.log" >&2
      break
    fi
  done < <(for patch in "${PATCHES[@]}"; do checks_of "$patch"; done | sort -u)
  row "(no mutant)" "$found" "$SEED" "$(seconds_since "$start")"
  if [[ $found == nothing ]]; then count passed; else count failed; fi
}

# Sets CAUGHT to the check that failed, or to why there is none.
hunt() {
  local check
  CAUGHT="survives"
  SEED=-
  if ! git apply --check -p1 "$1" 2>"$WORK/apply.log"; then
    CAUGHT="the patch does not apply"
    cat "$WORK/apply.log" >&2
    return 1
  fi
  git apply -p1 "$1"
  if ! build >"$WORK/build.log" 2>&1; then
    CAUGHT="the patch does not compile"
    tail -n 20 "$WORK/build.log" >&2
    return 1
  fi
  while read -r check; do
    if ! run_check "$check"; then
      CAUGHT=$check
      return 0
    fi
  done < <(checks_of "$1")
  return 1
}

plant() {
  local name start
  name=$(basename "$1" .patch)
  start=${EPOCHREALTIME/[.,]/}
  if (($(checks_of "$1" | wc -l) == 0)); then
    CAUGHT="no checks in the header"
    SEED=-
    count failed
  elif cd "$COPY" && hunt "$1"; then
    count passed
  else
    count failed
  fi
  row "$name" "$CAUGHT" "$SEED" "$(seconds_since "$start")"
  refresh_copy
}

PATCHES=("$HERE"/*.patch)
if (($#)); then PATCHES=("${@/#/$HERE/}") && PATCHES=("${PATCHES[@]/%/.patch}"); fi

refresh_copy
# A repository of its own: or git would look for the paths in the one around it.
git -C "$COPY" rev-parse --show-toplevel 2>/dev/null | grep -qxF "$COPY" || git init -q "$COPY"
build >"$WORK/build.log" 2>&1 || {
  tail -n 30 "$WORK/build.log" >&2
  exit 1
}
row mutant "caught by" seed seconds
check_unharmed
for patch in "${PATCHES[@]}"; do plant "$patch"; done
echo "$passed passed, $failed failed"
((failed == 0))
