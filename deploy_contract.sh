#!/usr/bin/env bash
# Deploys the contract and the KMS's onto a local chain that is running, allows the compose file,
# and mints one seat for each node.
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

# The last seat lives without ether: no gas key, and an operator that the chain never heard of.
is_gasless() { (($1 == nodes && nodes > 1)); }
random_key() { echo "0x$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')"; }

write_keys() {
  local seat operator gas
  if [[ -z $fresh ]] && contract_stands "$url" && [[ -s $(key_file "$nodes" operator) ]]; then
    return 0
  fi
  for ((seat = 1; seat <= nodes; seat++)); do
    operator=$(key_file "$seat" operator) gas=$(key_file "$seat" gas)
    if is_gasless "$seat"; then
      rm -f "$gas"
      write_secret "$operator" "$(random_key)"
    else
      write_secret "$operator" "$(published_key "$seat")"
      write_secret "$gas" "$(published_key $((GAS_ACCOUNT_OFFSET + seat)))"
    fi
  done
  echo "All but the last operator's are anvil's published keys: worthless anywhere else." \
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
  for name in $(process_names 'agent-*') kms; do stop_process "$name"; done
  rm -rf "$DNC_HOME"/node-* "$DNC_HOME"/agent-* "$(compose_file)"
}

# Address and compressed public key of the development KMS.
kms_root() { "$DNC_BIN/kms_sim" --root "$DNC_HOME/keys/kms_root.key" --print-root; }

ask() { cast call --rpc-url "$url" "$@"; }

# send GAS ARGUMENTS...: the owner's next transaction; the gas is given, so none waits for another.
send() {
  cast send --async --rpc-url "$url" --private-key "$owner_key" --nonce "$nonce" \
    --gas-limit "$1" "${@:2}" >/dev/null
  nonce=$((nonce + 1))
}

next_nonce() { cast nonce --rpc-url "$url" "$owner"; }
mine() { rpc "$url" evm_mine >/dev/null 2>&1 || true; } # a development chain need not wait

# Until the contract stands, cast has something to say.
image_allowed() {
  [[ $(ask "$1" 'allowedOsImages(bytes32)(bool)' "$LOCAL_OS_IMAGE" 2>/dev/null) == true ]]
}

# The stand-in for dstack's registry of apps, as a KMS's operator sets it up; prints its address.
deploy_kms() {
  local root code nonce kms
  root=$(kms_root | cut -d' ' -f2)
  code=$(jq -r .bytecode.object "$ROOT/contracts/out/DstackKmsDouble.sol/DstackKmsDouble.json")
  nonce=$(next_nonce)
  kms=$(cast compute-address --nonce "$nonce" "$owner" | awk '{print tolower($NF)}')
  send 4000000 --create "$code" 'constructor(address)' "$owner"
  send 500000 "$kms" 'setKmsInfo((bytes,bytes,bytes,bytes))' "($root,0x,0x,0x)"
  send 100000 "$kms" 'setGatewayAppId(string)' any
  send 100000 "$kms" 'addOsImageHash(bytes32)' "$LOCAL_OS_IMAGE"
  mine
  wait_until 30 image_allowed "$kms" || die "the KMS's contract does not stand after 30 s"
  echo "$kms"
}

# The cluster reads its trust anchor from the KMS's contract and registers there, as on any chain.
deploy() {
  local kms
  if [[ -z $fresh ]] && contract_stands "$url"; then
    founding=$(jq -r .foundingSeats "$DEPLOYMENT")
    ((founding == nodes)) || die "the contract was deployed for $founding nodes" \
      "deploy another: --fresh"
    jq -e .kmsContract "$DEPLOYMENT" >/dev/null || die "the deployment names no KMS contract" \
      "deploy another: --fresh"
    DETAIL="$(jq -r .address "$DEPLOYMENT") stands"
    return 0
  fi
  refuse_leftovers
  kms=$(deploy_kms)
  mkdir -p "$DNC_DEPLOYMENTS"
  RPC_URL=$url DEPLOYER_KEY=$owner_key KMS_CONTRACT=$kms FOUNDING_SEATS=$nodes \
    DEPLOYMENT_FILE=$DEPLOYMENT "$ROOT/contracts/script/deploy.mjs" --broadcast >/dev/null
  DETAIL="$(jq -r .address "$DEPLOYMENT"), written to ${DEPLOYMENT#"$ROOT"/}"
}

write_compose() {
  [[ -s $(compose_file) ]] && return 0
  sed "s/@CONTRACT@/$contract/; s/@CHAIN_ID@/$LOCAL_CHAIN_ID/" \
    "$ROOT/deploy/app-compose.template.json" >"$(compose_file)"
}
compose_allowed() { [[ $(ask "$contract" 'allowedComposeHashes(bytes32)(bool)' "$1") == true ]]; }

# Only now: the compose file names the contract.
allow_compose() {
  local nonce hash
  write_compose
  hash=$(hash_of_file "$(compose_file)")
  if ! compose_allowed "$hash"; then
    nonce=$(next_nonce)
    send 100000 "$contract" 'addComposeHash(bytes32)' "$hash"
    mine
    wait_until 30 compose_allowed "$hash" || die "the compose hash was not allowed within 30 s"
  fi
  DETAIL="hash ${hash:0:18}... allowed"
}

seats_minted() { ask "$contract" 'totalSupply()(uint256)' | cut -d' ' -f1; }
all_minted() { (($(seats_minted) >= nodes)); }
is_poor() { [[ $(rpc "$url" eth_getBalance "[\"$1\",\"latest\"]") == 0x0 ]]; }

mint() {
  local nonce minted seat address
  nonce=$(next_nonce)
  minted=$(seats_minted)
  for ((seat = minted + 1; seat <= nodes; seat++)); do
    address=$(cast wallet address "$(<"$(key_file "$seat" operator)")")
    send 300000 "$contract" 'mint(address)' "$address"
    if is_gasless "$seat"; then continue; fi
    if is_poor "$address"; then send 300000 "$address" --value 10ether; fi
    address=$(cast wallet address "$(<"$(key_file "$seat" gas)")")
    if is_poor "$address"; then send 300000 "$address" --value 10ether; fi
  done
  mine
  wait_until 30 all_minted || die "the seats were not minted within 30 s"
  DETAIL="$nodes seats, the last without ether"
}

if [[ -z ${DNC_LOCKED:-} ]]; then # else deploy_local.sh has done both
  "$ROOT/scripts/setup.sh" tools programs
  lock_home
fi
make_home
check_chain
write_keys
owner_key=$(published_key 0)
owner=$(cast wallet address "$owner_key")
step contract deploy
contract=$(jq -r .address "$DEPLOYMENT")
step compose allow_compose
step seats mint
world_set "$nodes" "$url"
