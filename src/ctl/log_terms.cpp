#include "ctl/log_terms.hpp"

#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

struct LogBlock {
  std::uint64_t seq = 0;
  std::uint64_t term = 0;
  std::uint64_t generation = 0;
  std::uint64_t leader = 0;
  std::uint64_t time_ms = 0;
};

Result<LogBlock> block_in(const Json& page) {
  const auto blocks = json_array(page, "blocks");
  if (!blocks) return blocks.error();
  if ((*blocks)->empty()) return Error{"no_block", "the node's log is empty", ""};
  const Json& json = (**blocks)[0];
  LogBlock block;
  const std::pair<const char*, std::uint64_t*> fields[] = {{"seq", &block.seq},
                                                           {"term", &block.term},
                                                           {"generation", &block.generation},
                                                           {"leader", &block.leader},
                                                           {"time_ms", &block.time_ms}};
  for (const auto& [name, value] : fields) {
    const auto number = json_u64(json, name);
    if (!number) return number.error();
    *value = *number;
  }
  return block;
}

// The first block that the node holds, or the one at `seq`.
Result<LogBlock> fetch(NodeClient& node, std::optional<std::uint64_t> seq) {
  const std::string from = seq ? "from=" + std::to_string(*seq) + "&" : "";
  const auto page = node.get_object("/log?" + from + "limit=1");
  return page ? block_in(*page) : page.error();
}

LogTerm term_of(const LogBlock& first, const std::optional<LogBlock>& before) {
  LogTerm term{first.term, first.generation, first.leader, first.seq, first.time_ms, {}};
  if (before && first.time_ms >= before->time_ms) term.gap_ms = first.time_ms - before->time_ms;
  return term;
}

// Appends the terms that begin behind `low`, up to `high`.
Status split(NodeClient& node, const LogBlock& low, const LogBlock& high,
             std::vector<LogTerm>& terms) {
  if (low.term == high.term || high.seq <= low.seq) return ok_status();
  if (high.seq == low.seq + 1) {
    terms.push_back(term_of(high, low));
    return ok_status();
  }
  const auto middle = fetch(node, low.seq + (high.seq - low.seq) / 2);
  if (!middle) return middle.error();
  if (const Status below = split(node, low, *middle, terms); !below) return below;
  return split(node, *middle, high, terms);
}

}  // namespace

Result<std::vector<LogTerm>> log_terms(NodeClient& node) {
  const auto status = node.get_object("/status");
  if (!status) return status.error();
  const auto commit = json_u64(*status, "commit_seq");
  if (!commit) return commit.error();
  std::vector<LogTerm> terms;
  if (*commit == 0) return terms;
  const auto first = fetch(node, std::nullopt);
  if (!first) return first.error();
  const auto last = fetch(node, *commit);
  if (!last) return last.error();
  terms.push_back(term_of(*first, std::nullopt));
  if (const Status rest = split(node, *first, *last, terms); !rest) return rest.error();
  return terms;
}

}  // namespace dnc::ctl
