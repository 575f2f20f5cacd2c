// What clients saw of the counter, and whether one counter could have shown it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "poll.hpp"

namespace dnc::cluster {

struct Seen {
  bool write = false;  // an increment by one; else a read
  Moment start;        // first time it was asked
  Moment end;          // answered
  std::uint64_t value = 0;
};

// All increments of the counter while this was recorded must be in it, answered, each by one. Then
// every answer places its operation exactly: an increment to v is the v-th, a read of v comes
// between the v-th and the next. Empty when real time agrees with those places and no value was
// given twice or left out; else what is wrong.
std::optional<std::string> contradiction(std::vector<Seen> history, std::uint64_t before,
                                         std::uint64_t after);

}  // namespace dnc::cluster
