#include "io/api/load.hpp"

#include <algorithm>
#include <limits>

namespace dnc {
namespace {

constexpr std::size_t kLatenciesMax = 65'536;  // a second's writes beyond that are not looked at

// The smallest latency that `share` of all do not exceed. Requires: there are some.
std::uint64_t percentile(std::vector<std::uint32_t>& latencies, double share) {
  const auto rank = static_cast<std::size_t>(static_cast<double>(latencies.size() - 1) * share);
  const auto at = latencies.begin() + static_cast<std::ptrdiff_t>(rank);
  std::nth_element(latencies.begin(), at, latencies.end());
  return *at;
}

}  // namespace

void Load::begin() {
  count();
  timer_ = loop_.after(every_, [this] { turn(); });
}

void Load::answered(std::chrono::microseconds took) {
  ++writes_;
  const double seconds = std::chrono::duration<double>(took).count();
  const auto bound =
      std::lower_bound(LoadTotals::kBounds.begin(), LoadTotals::kBounds.end(), seconds);
  ++totals_.writes[static_cast<std::size_t>(bound - LoadTotals::kBounds.begin())];
  totals_.write_seconds += seconds;
  if (latencies_.size() == kLatenciesMax) return;
  const auto bounded =
      std::clamp<std::int64_t>(took.count(), 0, std::numeric_limits<std::uint32_t>::max());
  latencies_.push_back(static_cast<std::uint32_t>(bounded));
}

LoadFigures Load::figures() {
  count();
  return last_;
}

// What a snapshot brought is not here to be counted.
void Load::count() {
  const SeqNo commit = node_.status().commit_seq;
  SeqNo seq = std::max(counted_upto_.value_or(commit), node_.pruned_upto());
  while (seq < commit) {
    seq = seq.next();
    if (const Block* block = node_.block(seq)) last_.operations += block->body.operations.size();
  }
  counted_upto_ = std::max(seq, commit);
}

void Load::turn() {
  count();
  last_.writes = std::exchange(writes_, 0);
  last_.p50_us.reset();
  last_.p99_us.reset();
  if (!latencies_.empty()) {
    last_.p50_us = percentile(latencies_, 0.5);
    last_.p99_us = percentile(latencies_, 0.99);
  }
  latencies_.clear();
  timer_ = loop_.after(every_, [this] { turn(); });
}

}  // namespace dnc
