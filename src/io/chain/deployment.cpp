#include "io/chain/deployment.hpp"

#include <nlohmann/json.hpp>

#include "io/base/file.hpp"
#include "io/base/json.hpp"

namespace dnc {
namespace {

constexpr std::size_t kDeploymentMax = 64 * 1024;

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
  return Deployment{*chain_id, *contract};
}

}  // namespace dnc
