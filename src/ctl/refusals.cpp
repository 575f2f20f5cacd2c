#include "ctl/refusals.hpp"

#include <algorithm>

namespace dnc::ctl {
namespace {

constexpr Refusal kRefusals[] = {
    {"App id is not this cluster", RefusedBy::cluster,
     "the CVM was created for another app than this contract",
     "create it with the contract's address as app id: --app-id, or --custom-app-id at Phala"},
    {"Instance id is missing: the app sets no_instance_id", RefusedBy::cluster,
     "a seat is bound to an instance, and this compose gives its CVMs none",
     "set \"no_instance_id\": false, and allow the new compose hash"},
    {"Instance id is not 20 bytes", RefusedBy::cluster,
     "no dstack guest makes such an instance id: the request was made by something else",
     "find out what calls the KMS; clusterctl boot explain takes the webhook's body"},
    {"TCB status is not up to date", RefusedBy::cluster,
     "the machine lacks security updates of its processor's maker, and this cluster insists",
     "update BIOS and microcode of the host, or the owner calls setRequireTcbUpToDate(false)"},
    {"Compose hash not allowed", RefusedBy::cluster,
     "the owner has not allowed this app-compose, or has withdrawn it",
     "clusterctl compose check FILE; then the owner calls addComposeHash(hash)"},
    {"Device not allowed", RefusedBy::cluster, "the owner has not allowed this machine",
     "the owner calls addDevice(deviceId); the id is in the boot info, or in: phala nodes ls"},
    {"Instance was retired", RefusedBy::cluster,
     "the seat of this instance was given to another one with replace: it never comes back",
     "create a new CVM"},
    {"Seat is revoked", RefusedBy::cluster, "the owner has revoked the seat of this instance",
     "the contract's owner: clusterctl reinstate SEAT"},
    {"No free seat: every NFT already runs a node", RefusedBy::cluster,
     "a new instance needs a seat that no other instance holds",
     "the contract's owner mints one: clusterctl mint OWNER; or give one up: clusterctl leave "
     "SEAT"},
    {"App not registered", RefusedBy::kms, "DstackKms does not know this app id",
     "anybody may call registerApp(contract) on the KMS contract"},
    {"OS image is not allowed", RefusedBy::kms,
     "the owner of the KMS has not allowed this guest image",
     "use an image that the KMS allows, or ask the owner of the KMS for addOsImageHash"},
    {"App not deployed or invalid address", RefusedBy::kms,
     "there is no code at the app id on the chain of this KMS",
     "compare app id and chain with deployments/CHAIN.json"},
    {"authorization backend unavailable", RefusedBy::webhook,
     "the KMS could not ask: a call reverted, ran out of gas, or its RPC endpoint was down",
     "look at the log of dstack's auth service and at its ETH_RPC_URL"},
    {"invalid authorization request", RefusedBy::webhook,
     "the auth service could not read the boot info: a field is missing, too long or not hex",
     "an SNP device id of 64 bytes is one cause; see clusterctl boot explain"},
};

}  // namespace

std::span<const Refusal> known_refusals() {
  return kRefusals;
}

const Refusal* find_refusal(std::string_view reason) {
  const auto found = std::find_if(std::begin(kRefusals), std::end(kRefusals),
                                  [&](const Refusal& known) { return known.reason == reason; });
  return found == std::end(kRefusals) ? nullptr : &*found;
}

}  // namespace dnc::ctl
