// The terms in a node's log: who led each, and how long it took from the last block of one to the
// first of the next.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ctl/node_client.hpp"

namespace dnc::ctl {

struct LogTerm {
  std::uint64_t term = 0;
  std::uint64_t generation = 0;
  std::uint64_t leader = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t since_ms = 0;           // UTC, by the leader's clock
  std::optional<std::uint64_t> gap_ms;  // since the last block before; none: that one is pruned
};

// The term changes are found by halving, so a long log costs few requests. Errors: NodeClient's.
Result<std::vector<LogTerm>> log_terms(NodeClient& node);

}  // namespace dnc::ctl
