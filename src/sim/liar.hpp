// A node whose software lies wherever no notary signs, and whose notary is honest: false
// heartbeats and vouching, forged blocks, refusals nobody gave, silence, old messages said again,
// bytes that mean nothing. What it says of reads is left alone: a read is as true as the attested
// software that answers it.
#pragma once

#include <deque>
#include <vector>

#include "core/base/prng.hpp"
#include "core/consensus/effects.hpp"

namespace dnc {

// Which lies it tells; a set of bits.
struct LiesAbout {
  std::uint32_t bits = 0;
  static constexpr std::uint32_t kHeartbeats = 1;
  static constexpr std::uint32_t kVouching = 2;
  static constexpr std::uint32_t kBlocks = 4;
  static constexpr std::uint32_t kRefusals = 8;
  static constexpr std::uint32_t kSilence = 16;
  static constexpr std::uint32_t kReplays = 32;
  static constexpr std::uint32_t kGarbage = 64;
  static constexpr std::uint32_t kQuestions = 128;
  static constexpr std::uint32_t kEverything = 255;
  bool has(std::uint32_t bit) const { return (bits & bit) != 0; }
};

class Liar {
 public:
  Liar(LiesAbout what, Prng prng) : what_(what), prng_(prng) {}

  // What it sends where an honest node would send `outgoing`.
  std::vector<Bytes> twist(const Outgoing& outgoing);

 private:
  bool withholds(const Message& message);
  void falsify(Message& message);
  void falsify(Heartbeat& heartbeat);
  void falsify(Chunk& chunk);
  void falsify(SnapshotPiece& piece);
  Message invent();

  LiesAbout what_;
  Prng prng_;
  std::deque<Bytes> said_;  // to be said again
};

}  // namespace dnc
