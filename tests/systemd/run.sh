#!/usr/bin/env bash
# The unit of deploy/systemd: does systemd take it, how much of the machine could a broken node
# reach, and does the daemon know the settings of the example?
#
#   tests/systemd/run.sh
#
# Needs no systemd that runs.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

EXPOSURE_MAX=15 # tenths; the network, which it needs, is most of it

"$ROOT/scripts/setup.sh" systemd
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unit=$folder/clusterd.service

# The program need not be installed where the test runs.
sed "s|^ExecStart=/usr/local/bin/clusterd|ExecStart=$DNC_BIN/clusterd|" \
  "$ROOT/deploy/systemd/clusterd.service" >"$unit"
grep -q "^ExecStart=$DNC_BIN/clusterd " "$unit" || die "the unit starts another program"
complaints=$(systemd-analyze verify "$unit" 2>&1) || die "systemd refuses the unit" "$complaints"
[[ -z $complaints ]] || die "systemd warns of the unit" "$complaints"
systemd-analyze security --offline=true --no-pager --threshold=$EXPOSURE_MAX "$unit"

known=$("$DNC_BIN/clusterd" --help)
mapfile -t settings < <(grep -oP '^#?\K[A-Z_]+(?==)' "$ROOT/deploy/systemd/clusterd.env.example")
((${#settings[@]} > 5)) || die "the example was not found"
for name in "${settings[@]}"; do
  grep -qF "(Env:$name)" <<<"$known" || die "clusterd does not know $name"
done
