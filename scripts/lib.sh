# shellcheck shell=bash
# What the scripts share. Source it: it sets names and functions and changes nothing by itself.
#
# Knobs, all optional; with other values a second world runs beside the first:
#   DNC_HOME         keys, logs, data, chain state, pid files   (.local)
#   DNC_DEPLOYMENTS  where <chainId>.json is written            (deployments)
#   DNC_PORT         port of the first node; seat k: + k - 1    (8081)
#   DNC_RPC_PORT     port of the local chain                    (8545)
#   DNC_KMS_PORT     port of the KMS; its webhook: + 1          (8200)
#   DNC_BLOCK_TIME   seconds between its blocks                 (1)
#   DNC_BIN          programs to run instead of building them   (build/bin)
#   DNC_DAEMON       what a node runs                            (clusterd)
#   DNC_COMPOSE      app-compose of the machines                (app-compose.json in DNC_HOME)

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# What was compiled in one clone of the repository serves the next.
export CCACHE_BASEDIR=$ROOT CCACHE_NOHASHDIR=1
DNC_HOME=$(realpath -m "${DNC_HOME:-$ROOT/.local}")
DNC_DEPLOYMENTS=$(realpath -m "${DNC_DEPLOYMENTS:-$ROOT/deployments}")
DNC_PORT=${DNC_PORT:-8081}
DNC_RPC_PORT=${DNC_RPC_PORT:-8545}
DNC_KMS_PORT=${DNC_KMS_PORT:-8200}
DNC_BLOCK_TIME=${DNC_BLOCK_TIME:-1}
# shellcheck disable=SC2034  # for the scripts that source this
DNC_PREBUILT=${DNC_BIN:+yes}
DNC_BIN=$(realpath -m "${DNC_BIN:-$ROOT/build/bin}")
DNC_DAEMON=${DNC_DAEMON:-clusterd}
NPM_BIN=$ROOT/node_modules/.bin
export DNC_HOME DNC_DEPLOYMENTS DNC_PORT DNC_RPC_PORT DNC_KMS_PORT DNC_BLOCK_TIME DNC_DAEMON

LOCAL_CHAIN_ID=31337
DEPLOYMENT=$DNC_DEPLOYMENTS/$LOCAL_CHAIN_ID.json
CHAIN_STATE=$DNC_HOME/chain/state.json
# Anvil's published accounts: anybody can sign with them, so they are good for chain 31337 only.
PUBLISHED_MNEMONIC="test test test test test test test test test test test junk"
CHAIN_ACCOUNTS=64
NODES_MAX=31         # account 0 deploys and owns, 1..31 run seats, 32 + k pays the gas of seat k
# shellcheck disable=SC2034
GAS_ACCOUNT_OFFSET=32
# What the simulated machines report: sha256 of "dstack-nft-cluster local image" and "... device".
LOCAL_OS_IMAGE=0x43e687e883cfacb1a1605c10adc589609f4da52fd6d2337b9a65a54809a0e035
LOCAL_DEVICE=0xb42cde27598a98f285adf1242678ef8d0d08dd45c457c3b2c17fe0238ae5461e

# --- talking -------------------------------------------------------------------------------------

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $1"
  shift
  local line
  for line in "$@"; do say "       $line"; done
  exit 1
}

now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }

seconds_since() {
  local ms=$(($(now_ms) - $1))
  printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
}

# step LABEL COMMAND...: runs it, then prints the label, what DETAIL says, and how long it took.
step() {
  local label=$1 start
  shift
  start=$(now_ms)
  DETAIL=
  "$@"
  say "$(printf '  %-10s %s (%s)' "$label" "$DETAIL" "$(seconds_since "$start")")"
}

# --- waiting -------------------------------------------------------------------------------------

# wait_until SECONDS COMMAND...: the only place that pauses. The command says 0: it is so; 1: not
# yet; 2: it never will be. Returns 1 when the time is over, 2 when the command gave up.
wait_until() {
  local deadline=$(($(now_ms) + $1 * 1000)) status
  shift
  while true; do
    status=0
    "$@" || status=$?
    case $status in
      0) return 0 ;;
      2) return 2 ;;
    esac
    (($(now_ms) < deadline)) || return 1
    sleep 0.1
  done
}

# --- processes -----------------------------------------------------------------------------------
# A pid file holds pid and start time, so that a pid which the system gave away again is left alone.

pid_file() { echo "$DNC_HOME/run/$1.pid"; }
log_file() { echo "$DNC_HOME/logs/$1.log"; }

# Prints "state start-time" of a pid, nothing if there is none.
process_stat() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  stat=${stat##*) }  # the command's name may hold spaces
  read -ra stat <<<"$stat"
  echo "${stat[0]} ${stat[19]}"
}

# Prints the pid of a process that these scripts started and that still runs.
pid_of() {
  local pid start state now
  { read -r pid start <"$(pid_file "$1")"; } 2>/dev/null || return 1
  read -r state now <<<"$(process_stat "$pid")" || return 1
  [[ $now == "$start" && $state != Z ]] || return 1
  echo "$pid"
}

is_running() { pid_of "$1" >/dev/null; }
is_gone() { ! is_running "$1"; }

# start_process NAME COMMAND...: in the background, in DNC_HOME; nothing if it runs already.
start_process() {
  local name=$1 pid
  shift
  if is_running "$name"; then return 0; fi
  (cd "$DNC_HOME" && exec setsid nohup "$@" >>"$(log_file "$name")" 2>&1 </dev/null 9>&-) &
  pid=$!
  local start
  read -r _ start <<<"$(process_stat "$pid")"
  printf '%s %s\n' "$pid" "$start" >"$(pid_file "$name")"
}

# signal_process NAME SIGNAL
signal_process() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill -"$2" "$pid" 2>/dev/null || true
}

is_paused() { grep -q '^State:[[:space:]]*T' "/proc/$(pid_of "$1")/status"; }

# stop_process NAME [SIGNAL]: asks, waits, insists.
stop_process() {
  is_running "$1" || { rm -f "$(pid_file "$1")" && return 0; }
  signal_process "$1" "${2:-TERM}"
  signal_process "$1" CONT # one that was paused would never hear it
  if ! wait_until 10 is_gone "$1"; then
    signal_process "$1" KILL
    wait_until 5 is_gone "$1" || die "process $1 does not end"
  fi
  rm -f "$(pid_file "$1")"
}

# Names of all processes that have a pid file, a pattern's matches only.
process_names() {
  local file
  for file in "$DNC_HOME"/run/$1.pid; do
    if [[ -e $file ]]; then basename "$file" .pid; fi
  done
}

show_log_tail() {
  say "--- last lines of $1"
  tail -n "${2:-15}" "$1" >&2 || true
  say "---"
}

# --- the state directory -------------------------------------------------------------------------

make_home() {
  (umask 077 && mkdir -p "$DNC_HOME"/{keys,run,logs,chain})
  chmod 700 "$DNC_HOME"
}

# One script at a time works on a world.
lock_home() {
  make_home
  exec 9>"$DNC_HOME/lock"
  flock -n 9 || die "another script is at work on $DNC_HOME"
}

# world_get KEY: what the last deployment left: nodes, rpc.
world_get() {
  local key value
  [[ -f $DNC_HOME/world ]] || return 0
  while IFS='=' read -r key value; do
    if [[ $key == "$1" ]]; then echo "$value"; fi
  done <"$DNC_HOME/world"
}

world_set() { printf 'nodes=%s\nrpc=%s\n' "$1" "$2" >"$DNC_HOME/world"; }

key_file() { echo "$DNC_HOME/keys/seat-$1.$2.key"; }
write_secret() { (umask 077 && printf '%s\n' "$2" >"$1.tmp" && mv "$1.tmp" "$1"); }

node_url() { echo "http://127.0.0.1:$((DNC_PORT + $1 - 1))"; }

check_node_count() {
  [[ $1 =~ ^[1-9][0-9]?$ && $1 -le $NODES_MAX ]] ||
    die "--nodes takes a number from 1 to $NODES_MAX, not '$1'"
}

check_seat() {
  local nodes
  nodes=$(world_get nodes)
  [[ -n $nodes ]] || die "no world in $DNC_HOME" "start one with ./deploy_local.sh"
  # The founders', and those that were added: each has a key.
  [[ $1 =~ ^[1-9][0-9]?$ && ($1 -le $nodes || -s $(key_file "$1" operator)) ]] ||
    die "no seat '$1': there are $nodes"
}

# --- the chain -----------------------------------------------------------------------------------

cast() { "$NPM_BIN/cast" "$@"; }

# rpc URL METHOD [PARAMS]: prints the result; fails if there is none.
rpc() {
  curl -sf --noproxy '*' --max-time 2 -H 'content-type: application/json' \
    --data "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$2\",\"params\":${3:-[]}}" "$1" |
    jq -er '.result // empty'
}

chain_answers() { rpc "$1" eth_chainId >/dev/null 2>&1; }

# chain_started: for wait_until; gives up when anvil ended.
chain_started() {
  is_running anvil || return 2
  chain_answers "http://127.0.0.1:$DNC_RPC_PORT"
}

# Does the chain at URL hold code at the address of our deployment?
contract_stands() {
  local address code
  [[ -f $DEPLOYMENT ]] || return 1
  address=$(jq -r .address "$DEPLOYMENT") || return 1
  code=$(rpc "$1" eth_getCode "[\"$address\",\"latest\"]") || return 1
  [[ ${#code} -gt 2 ]]
}

# Nothing yet, or JSON to its end.
chain_state_is_whole() {
  [[ ! -e $CHAIN_STATE ]] || jq -e .accounts "$CHAIN_STATE" >/dev/null 2>&1
}

# Anvil writes its state in place, each second: it is stopped in its tracks between two writes.
kill_chain_between_writes() {
  is_running anvil || return 0
  signal_process anvil STOP
  if wait_until 5 is_paused anvil && chain_state_is_whole; then
    stop_process anvil KILL
    return 0
  fi
  signal_process anvil CONT
  return 1
}

start_chain() {
  local url=http://127.0.0.1:$DNC_RPC_PORT
  if ! is_running anvil; then
    if chain_answers "$url"; then
      die "port $DNC_RPC_PORT already has a chain that these scripts did not start" \
        "stop it, or take another port: DNC_RPC_PORT=8546 $0" \
        "or use it: ./deploy_contract.sh, then ./start_counters.sh"
    fi
    chain_state_is_whole ||
      die "the chain's state in $CHAIN_STATE is damaged" "start anew: ./deploy_local.sh --fresh"
    start_process anvil "$ROOT/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil" \
      --host 127.0.0.1 --port "$DNC_RPC_PORT" --chain-id "$LOCAL_CHAIN_ID" \
      --block-time "$DNC_BLOCK_TIME" --accounts "$CHAIN_ACCOUNTS" --mnemonic "$PUBLISHED_MNEMONIC" \
      --state "$CHAIN_STATE" --state-interval 1
  fi
  if ! wait_until 15 chain_started; then
    show_log_tail "$(log_file anvil)"
    die "the chain did not start"
  fi
  DETAIL="anvil, $url, chain $LOCAL_CHAIN_ID, a block every $DNC_BLOCK_TIME s"
}

# --- the KMS -------------------------------------------------------------------------------------

# The compose whose hash the contract allows: the bytes that every machine reports.
compose_file() { echo "$DNC_HOME/app-compose.json"; }
hash_of_file() { echo "0x$(sha256sum "$1" | cut -d' ' -f1)"; }

start_kms() {
  start_process kms "$DNC_BIN/kms_sim" --root keys/kms_root.key --port "$DNC_KMS_PORT" \
    --webhook-port $((DNC_KMS_PORT + 1)) --rpc "$(world_get rpc)" \
    --kms-contract "$(jq -r .kmsContract "$DEPLOYMENT")"
}

# For wait_until; gives up when the KMS ended.
kms_started() {
  is_running kms || return 2
  curl -sf --noproxy '*' --max-time 2 -o /dev/null "http://127.0.0.1:$((DNC_KMS_PORT + 1))/"
}

# --- the nodes -----------------------------------------------------------------------------------

# Boots as a machine does: serves the app's keys once the KMS has given them.
start_agent() {
  start_kms
  start_process "agent-$1" "$DNC_BIN/guest_agent_sim" --socket "run/agent-$1.sock" \
    --state "agent-$1" --kms "http://127.0.0.1:$DNC_KMS_PORT" \
    --app-id "$(jq -r .address "$DEPLOYMENT")" --compose "${DNC_COMPOSE:-$(compose_file)}" \
    --os-image-hash "$LOCAL_OS_IMAGE" --device-id "$LOCAL_DEVICE"
}

# A seat without a gas key has its peers relay.
start_node() {
  local listen gas=() consent=(--auto-consent)
  listen=127.0.0.1:$((DNC_PORT + $1 - 1))
  if [[ -s $(key_file "$1" gas) ]]; then gas=(--gas-key "$(key_file "$1" gas)"); fi
  if [[ ${DNC_CONSENT:-auto} == operators ]]; then consent=(); fi
  start_agent "$1"
  start_process "node-$1" "$DNC_BIN/$DNC_DAEMON" --seat "$1" --listen "$listen" \
    --endpoint "$listen" --data "node-$1" --deployment "$DEPLOYMENT" --rpc "$(world_get rpc)" \
    --operator-key "$(key_file "$1" operator)" "${gas[@]}" \
    --guest-agent "run/agent-$1.sock" "${consent[@]}"
}

node_ready() {
  curl -sf --noproxy '*' --max-time 1 -o /dev/null "$(node_url "$1")/readiness"
}

# For wait_until: are seats 1..N ready? Gives up when one of them ended; UNREADY names the others.
nodes_ready() {
  local seat
  UNREADY=
  for ((seat = 1; seat <= $1; seat++)); do
    node_ready "$seat" || UNREADY+=" $seat"
  done
  for seat in $UNREADY; do
    is_running "node-$seat" || return 2
  done
  [[ -z $UNREADY ]]
}
