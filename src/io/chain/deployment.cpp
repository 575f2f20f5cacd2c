#include "io/chain/deployment.hpp"

#include <nlohmann/json.hpp>

#include "io/base/file.hpp"
#include "io/base/json.hpp"

namespace dnc {
namespace {

constexpr std::size_t kDeploymentMax = 64 * 1024;

Status read_optional(const Json& json, const char* field, std::optional<Address>& out) {
  if (!json_has(json, field)) return ok_status();
  const auto address = json_fixed<Address>(json, field);
  if (!address) return address.error();
  out = *address;
  return ok_status();
}

Status read_libraries(const Json& json, std::map<std::string, Address>& out) {
  if (!json_has(json, "libraries")) return ok_status();
  const auto libraries = json_object(json, "libraries");
  if (!libraries) return libraries.error();
  for (const auto& item : (*libraries)->items()) {
    const auto address = json_fixed<Address>(**libraries, item.key());
    if (!address) return address.error();
    out[item.key()] = *address;
  }
  return ok_status();
}

}  // namespace

Result<Deployment> read_deployment(const std::string& path) {
  const auto text = read_file(path, kDeploymentMax);
  if (!text) return text.error();
  const auto json = parse_json(*text);
  if (!json) return json.error();
  const auto chain_id = json_u64(*json, "chainId");
  if (!chain_id) return chain_id.error();
  const auto contract = json_fixed<Address>(*json, "address");
  if (!contract) return contract.error();
  Deployment deployment{*chain_id, *contract, {}, {}, {}, {}, {}};
  if (json_has(*json, "block")) {
    const auto block = json_u64(*json, "block");
    if (!block) return block.error();
    deployment.block = {*block};
  }
  for (const Status& read : {read_optional(*json, "implementation", deployment.implementation),
                             read_optional(*json, "factory", deployment.factory),
                             read_optional(*json, "kmsContract", deployment.kms_contract),
                             read_libraries(*json, deployment.libraries)}) {
    if (!read) return read.error();
  }
  return deployment;
}

}  // namespace dnc
