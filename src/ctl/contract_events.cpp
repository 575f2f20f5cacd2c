#include "ctl/contract_events.hpp"

#include <algorithm>
#include <iterator>

#include "core/crypto/keccak256.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kBlocksAtOnce = 9'000;  // public nodes refuse wider ranges of logs

}  // namespace

Result<std::vector<EventLog>> contract_events(ChainClient& chain, const Deployment& deployment,
                                              std::string_view signature, BlockNumber last) {
  const Hash topic = keccak256(as_bytes(signature));
  std::vector<EventLog> events;
  for (std::uint64_t from = deployment.block.value; from <= last.value; from += kBlocksAtOnce) {
    const std::uint64_t to = std::min(last.value, from + kBlocksAtOnce - 1);
    auto page = chain.logs({deployment.contract, topic, {from}, {to}});
    if (!page) return page.error();
    std::move(page->begin(), page->end(), std::back_inserter(events));
  }
  return events;
}

}  // namespace dnc::ctl
