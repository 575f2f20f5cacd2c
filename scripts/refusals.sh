#!/usr/bin/env bash
# Writes the table of all refusals in docs/operations.md anew, as clusterctl knows them.
#
#   scripts/refusals.sh
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

file=$ROOT/docs/operations.md
table=$("$DNC_BIN/clusterctl" explain --list -o json |
  jq -r '.codes[] | "| `\(.code)` | \(.where) | \(.cause) | \(.next) |"')
TABLE=$table awk '
  { if (!(inside && /^\| `/)) print }
  /^## / { inside = $0 == "## Every refusal" }
  inside && /^\|---/ { print ENVIRON["TABLE"] }' "$file" >"$file.new"
mv "$file.new" "$file"
