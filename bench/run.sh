#!/usr/bin/env bash
# The benchmark: our cluster and etcd on this machine, driven by the same client.
#
#   bench/run.sh [EXPERIMENT...] [OPTION...]      bench/run.sh --help names them
#   bench/run.sh --smoke                          does it still work? No figures to keep
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../scripts/lib.sh"

case " $* " in
  *" --help "* | *" report "*) ;; # neither measures
  *) "$ROOT/scripts/setup.sh" tools bench contracts ;;
esac
exec node "$ROOT/bench/main.mjs" "$@"
