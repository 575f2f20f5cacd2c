#!/usr/bin/env bash
# Prints what the tests of the contract cover, and what its calls cost. Fails when a line or a
# branch of contracts/src is not covered, or when a cost differs from contracts/snapshots.
#
#   scripts/contract_report.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$ROOT/contracts"

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# Coverage compiles without optimizer and adds marks to the code, so what measures code or gas is
# left out. The random campaigns of the invariants are, too: they cover other things every day.
measure_coverage() {
  "$NPM_BIN/forge" coverage --no-match-contract 'Invariants|^Gas' \
    --no-match-test 'size_limit|cost|gas' --report lcov --report-file "$WORK/lcov" \
    >"$WORK/log" 2>&1 || {
    tail -n 40 "$WORK/log" >&2
    die "the tests do not pass under forge coverage"
  }
}

# file, lines hit and found, branches hit and found; of our sources only.
coverage_table() {
  awk -F: '
    function flush() {
      if (file ~ /^src\//) {
        printf "%-40s %4d of %4d lines %4d of %4d branches\n", file, lh, lf, bh, bf
        missing += lf - lh + bf - bh
      }
    }
    /^SF:/ { file = $2; lh = lf = bh = bf = 0 }
    /^DA:/ { split($2, a, ","); lf++; if (a[2] > 0) lh++; else gap[++gaps] = file ":" a[1] " line" }
    /^BRDA:/ {
      split($2, a, ","); bf++
      if (a[4] > 0) bh++; else gap[++gaps] = file ":" a[1] " branch"
    }
    /^end_of_record/ { flush() }
    END {
      for (i = 1; i <= gaps; i++) if (gap[i] ~ /^src\//) print "not covered: " gap[i]
      exit missing > 0
    }' "$WORK/lcov"
}

gas_table() {
  local file
  for file in snapshots/*.json; do
    jq -r 'to_entries[] | [.value, .key] | @tsv' "$file" |
      while IFS=$'\t' read -r cost name; do printf '%12s  %s\n' "$cost" "$name"; done
  done
}

say "measuring coverage, about a minute"
measure_coverage
failed=0
coverage_table || failed=1
echo
FORGE_SNAPSHOT_CHECK=true "$NPM_BIN/forge" test --match-contract '^Gas' >"$WORK/gas" 2>&1 || {
  tail -n 30 "$WORK/gas" >&2
  failed=1
}
gas_table
if ((failed)); then die "something is not covered, or costs other than contracts/snapshots says"; fi
