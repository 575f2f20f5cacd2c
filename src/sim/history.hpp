// What clients did and saw, in virtual time: the only evidence the history checker uses.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"

namespace dnc {

struct WriteRecord {
  Bytes key;
  std::uint64_t by = 0;
  Time invoked{0};
  std::optional<Time> acknowledged;  // when the first success came back
  std::uint64_t value = 0;           // the counter after it, as the answer says
  SeqNo seq;
  Term term;
  std::uint64_t successes = 0;  // answers that said so, the first one included
};

struct ReadRecord {
  Time invoked{0};
  Time returned{0};
  bool linearizable = true;
  std::uint64_t value = 0;
  SeqNo seq;
};

struct History {
  std::vector<WriteRecord> writes;
  std::vector<ReadRecord> reads;
  std::map<Bytes, std::size_t> by_key;  // into writes
};

}  // namespace dnc
