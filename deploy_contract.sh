#!/usr/bin/env bash
# Deploys the contract onto a local chain that is running, and mints one seat for each node.
#
#   ./deploy_contract.sh [--nodes N] [--rpc URL] [--fresh]
#
# What stands is kept: typed again, it only mints what is missing. --fresh deploys another contract
# and deletes the data of the old one's nodes. Signs with anvil's published keys: chain 31337 only.
set -euo pipefail
# shellcheck source=scripts/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/scripts/lib.sh"

nodes=
url=
fresh=
while (($#)); do
  case $1 in
    --nodes) nodes=${2:?--nodes takes a number}; shift ;;
    --rpc) url=${2:?--rpc takes a URL}; shift ;;
    --fresh) fresh=yes ;;
    *) die "usage: ./deploy_contract.sh [--nodes N] [--rpc URL] [--fresh]" ;;
  esac
  shift
done
: "${nodes:=$(world_get nodes)}" "${url:=http://127.0.0.1:$DNC_RPC_PORT}"
: "${nodes:=3}"
check_node_count "$nodes"

published_key() { cast wallet private-key "$PUBLISHED_MNEMONIC" "$1"; }

check_chain() {
  local id
  id=$(rpc "$url" eth_chainId) || die "no chain answers at $url" \
    "start one: node_modules/.bin/anvil --block-time 1, or everything: ./deploy_local.sh"
  if ((id != LOCAL_CHAIN_ID)); then
    die "chain $((id)) is not $LOCAL_CHAIN_ID: here every key is a published one" \
      "anybody could take the seats; see contracts/script/deploy.mjs for other chains"
  fi
}

write_keys() {
  local seat
  for ((seat = 1; seat <= nodes; seat++)); do
    [[ -s $(key_file "$seat" gas) ]] && continue
    write_secret "$(key_file "$seat" operator)" "$(published_key "$seat")"
    write_secret "$(key_file "$seat" gas)" "$(published_key $((GAS_ACCOUNT_OFFSET + seat)))"
  done
  echo "The operator and gas keys here are anvil's published ones: worthless anywhere else." \
    >"$DNC_HOME/keys/README"
}

refuse_leftovers() {
  local name
  for name in $(process_names 'node-*'); do
    if is_running "$name"; then die "$name runs for the old contract" "./stop_local.sh first"; fi
  done
  if [[ -z $fresh ]] && compgen -G "$DNC_HOME/node-*" >/dev/null; then
    die "there are data of nodes, but their contract is not on this chain" \
      "delete them: ./deploy_contract.sh --fresh"
  fi
  rm -rf "$DNC_HOME"/node-* "$DNC_HOME"/agent-*
  for name in $(process_names 'agent-*'); do stop_process "$name"; done
}

deploy() {
  local root
  if [[ -z $fresh ]] && contract_stands "$url"; then
    founding=$(jq -r .foundingSeats "$DEPLOYMENT")
    ((founding == nodes)) || die "the contract was deployed for $founding nodes" \
      "deploy another: --fresh"
    DETAIL="$(jq -r .address "$DEPLOYMENT") stands"
    return 0
  fi
  refuse_leftovers
  root=$("$DNC_BIN/guest_agent_sim" --kms-root "$DNC_HOME/keys/kms_root.key" --print-kms-root)
  mkdir -p "$DNC_DEPLOYMENTS"
  RPC_URL=$url DEPLOYER_KEY=$(published_key 0) KMS_ROOT=$root FOUNDING_SEATS=$nodes \
    DEPLOYMENT_FILE=$DEPLOYMENT "$ROOT/contracts/script/deploy.mjs" --broadcast >/dev/null
  DETAIL="$(jq -r .address "$DEPLOYMENT"), written to ${DEPLOYMENT#"$ROOT"/}"
}

seats_minted() { cast call --rpc-url "$url" "$contract" 'totalSupply()(uint256)' | cut -d' ' -f1; }
all_minted() { (($(seats_minted) >= nodes)); }
is_poor() { [[ $(rpc "$url" eth_getBalance "[\"$1\",\"latest\"]") == 0x0 ]]; }

# send ARGUMENTS...: the owner's next transaction; the gas is given, so none waits for another.
send() {
  cast send --async --rpc-url "$url" --private-key "$owner_key" --nonce "$nonce" \
    --gas-limit 300000 "$@" >/dev/null
  nonce=$((nonce + 1))
}

mint() {
  local contract owner_key nonce minted seat address
  contract=$(jq -r .address "$DEPLOYMENT")
  owner_key=$(published_key 0)
  nonce=$(cast nonce --rpc-url "$url" "$(cast wallet address "$owner_key")")
  minted=$(seats_minted)
  for ((seat = minted + 1; seat <= nodes; seat++)); do
    address=$(cast wallet address "$(<"$(key_file "$seat" operator)")")
    send "$contract" 'mint(address)' "$address"
    if is_poor "$address"; then send "$address" --value 10ether; fi
    address=$(cast wallet address "$(<"$(key_file "$seat" gas)")")
    if is_poor "$address"; then send "$address" --value 10ether; fi
  done
  rpc "$url" evm_mine >/dev/null 2>&1 || true # a development chain need not wait for its clock
  wait_until 30 all_minted || die "the seats were not minted within 30 s"
  DETAIL="$nodes seats, one for each of anvil's accounts 1 to $nodes"
}

if [[ -z ${DNC_LOCKED:-} ]]; then # else deploy_local.sh has done both
  "$ROOT/scripts/setup.sh" tools programs
  lock_home
fi
make_home
check_chain
write_keys
step contract deploy
step seats mint
world_set "$nodes" "$url"
