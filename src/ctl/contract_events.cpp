#include "ctl/contract_events.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iterator>

#include "core/crypto/keccak256.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kBlocksAtOnce = 9'000;  // public nodes refuse wider ranges of logs
constexpr std::chrono::seconds kSaysEvery{2};

// Says on stderr how far it is, once it takes long.
class Progress {
 public:
  Progress(std::uint64_t from, std::uint64_t to) : from_(from), to_(to) {}
  void at(std::uint64_t block) {
    const auto now = std::chrono::steady_clock::now();
    if (now - said_ < kSaysEvery) return;
    said_ = now;
    const auto percent = static_cast<int>(100 * (block - from_) / (to_ - from_ + 1));
    std::fprintf(stderr, "clusterctl: reading the contract's events, %d%%\n", percent);
  }

 private:
  std::uint64_t from_;
  std::uint64_t to_;
  std::chrono::steady_clock::time_point said_ = std::chrono::steady_clock::now();
};

}  // namespace

Result<std::vector<EventLog>> contract_events(ChainClient& chain, const Deployment& deployment,
                                              std::string_view signature, BlockNumber last) {
  const Hash topic = keccak256(as_bytes(signature));
  std::vector<EventLog> events;
  Progress progress(deployment.block.value, last.value);
  for (std::uint64_t from = deployment.block.value; from <= last.value; from += kBlocksAtOnce) {
    const std::uint64_t to = std::min(last.value, from + kBlocksAtOnce - 1);
    auto page = chain.logs({deployment.contract, topic, {from}, {to}});
    if (!page) return page.error();
    std::move(page->begin(), page->end(), std::back_inserter(events));
    progress.at(to);
  }
  return events;
}

}  // namespace dnc::ctl
