#!/usr/bin/env bash
# Feeds the decoders with bytes that nobody would send.
#
#   tests/fuzz/run.sh [SECONDS] [NAME...]    8 seconds for each target, all targets
#
# Starts from tests/fuzz/corpus/NAME; an input that fails is left in build/fuzz-found/NAME. Put it
# into the corpus before the fix. DNC_FUZZ_KEEP=1 adds what reaches new code to the corpus.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
cd "$ROOT"

BUDGET=${1:-8}
shift || true
TARGETS=("$@")
if ((!${#TARGETS[@]})); then
  for source in tests/fuzz/*_fuzz.cpp; do
    name=${source##*/}
    TARGETS+=("${name%_fuzz.cpp}")
  done
fi
# No allocation above 256 MiB, no more than 1 GiB at any time (libFuzzer counts mebibytes).
LIMITS=(-max_len=65536 -rss_limit_mb=1024 -malloc_limit_mb=256 -timeout=10 -print_final_stats=1)

# fuzz NAME: says what came of it; fails if anything was found.
fuzz() {
  local name=$1 kept=tests/fuzz/corpus/$1 found=build/fuzz-found/$1 grown=build/fuzz-corpus/$1
  local binary=build/fuzz/bin/${1}_fuzz status=0
  mkdir -p "$kept" "$found" "$grown"
  "$binary" "${LIMITS[@]}" -max_total_time="$BUDGET" -artifact_prefix="$found/" \
    "$grown" "$kept" >"$found/log" 2>&1 || status=$?
  if ((status == 0)); then
    printf 'ok     %-10s %s runs\n' "$name" \
      "$(grep -oP 'number_of_executed_units: \K\d+' "$found/log")"
  else
    printf 'FAILED %-10s see %s\n%s\n' "$name" "$found" "$(tail -n 40 "$found/log")"
  fi
  if [[ -n ${DNC_FUZZ_KEEP:-} ]]; then
    "$binary" "${LIMITS[@]}" -max_len=2048 -merge=1 "$kept" "$grown" >>"$found/log" 2>&1
  fi
  return "$status"
}

# One target for each processor at a time.
running=0
failed=0
finish_one() {
  wait -n || failed=$((failed + 1))
  running=$((running - 1))
}

[[ -f build/fuzz/build.ninja ]] || cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${TARGETS[@]/%/_fuzz}"
for target in "${TARGETS[@]}"; do
  if ((running >= $(nproc))); then finish_one; fi
  fuzz "$target" &
  running=$((running + 1))
done
while ((running)); do finish_one; done
echo "$((${#TARGETS[@]} - failed)) passed, $failed failed"
((failed == 0))
