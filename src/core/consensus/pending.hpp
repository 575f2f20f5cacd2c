// What a replica keeps for its clients until it is committed or answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"
#include "core/consensus/messages.hpp"
#include "core/consensus/peer.hpp"

namespace dnc {

struct PendingWrite {
  std::vector<std::uint64_t> tickets;
  Operation operation;
  Time since{0};
  Time forwarded{kNever};
  Seat forwarded_to;
};

struct PendingRead {
  std::uint64_t ticket = 0;  // of a client of mine
  Bytes query;
  Seat from;  // or of a peer, with its nonce
  std::uint64_t nonce = 0;
  Time since{0};
};

// By me as the leader, in this term.
struct Proposed {
  SeqNo seq;
  Time since;
  std::size_t operations;
};

}  // namespace dnc
