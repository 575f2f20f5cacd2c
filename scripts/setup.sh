#!/usr/bin/env bash
# Installs what is missing and builds what is out of date.
#
#   scripts/setup.sh [tools|programs|contracts|bench|guard|browser|metrics|systemd|all]...
#
# all is tools, programs and contracts.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# missing_packages LIST
missing_packages() {
  local package command installed
  installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' | sed -n 's/^ii  *//p')
  while read -r package command; do
    [[ -n $package && $package != \#* ]] || continue
    if [[ -n $command ]] && command -v "$command" >/dev/null; then continue; fi
    grep -qxF "$package" <<<"$installed" || echo "$package"
  done <"$1"
}

install_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$ROOT/scripts/$1")
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die "not a Debian system" "install by hand: ${missing[*]}"
  if ((EUID != 0)); then
    die "packages are missing and only root can install them" "sudo apt-get install ${missing[*]}"
  fi
  say "installing: ${missing[*]}"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# Does node_modules hold exactly what the lock file names for this machine?
npm_up_to_date() {
  local have=$ROOT/node_modules/.package-lock.json
  [[ -f $have ]] && jq -en --slurpfile want "$ROOT/package-lock.json" --slurpfile have "$have" '
    [$want[0].packages | to_entries[]
      | select(.key != "" and (.value.optional | not))
      | select($have[0].packages[.key].version != .value.version)] == []' >/dev/null
}

install_npm_packages() {
  if npm_up_to_date; then return 0; fi
  say "installing contract tools and libraries"
  (cd "$ROOT" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
}

build_programs() {
  local targets=("$@")
  if [[ -n $DNC_PREBUILT ]]; then return 0; fi
  cd "$ROOT"
  if [[ ! -f build/release/build.ninja ]]; then cmake --preset release >/dev/null; fi
  NINJA_STATUS='[%f/%t] ' cmake --build --preset release ${targets[@]+--target "${targets[@]}"} |
    sed -u '/no work to do/d; /Re-checking globbed/d' >&2
}

build_contracts() {
  (cd "$ROOT/contracts" && "$NPM_BIN/forge" build --skip test --quiet >&2)
}

tools() {
  install_packages packages.txt
  install_npm_packages
}

bench_tools() {
  install_packages packages-bench.txt
  build_programs clusterd clusterctl guest_agent_sim kms_sim bench_nothing
}

guard_tools() {
  install_packages packages-guard.txt
  build_programs bench_guard
}

for part in "${@:-all}"; do
  case $part in
    tools) tools ;;
    programs) build_programs "$DNC_DAEMON" clusterctl guest_agent_sim kms_sim ;;
    contracts) build_contracts ;;
    bench) bench_tools ;;
    guard) guard_tools ;;
    browser) install_packages packages-browser.txt ;;
    metrics) install_packages packages-metrics.txt ;;
    systemd) install_packages packages-systemd.txt ;;
    all)
      tools
      build_contracts &
      contracts=$!
      build_programs
      wait "$contracts"
      ;;
    *) die "scripts/setup.sh knows no \"$part\"" "$(sed -n '4s/^#   //p' "${BASH_SOURCE[0]}")" ;;
  esac
done
