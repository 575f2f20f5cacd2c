// What a replica knows of another seat's boot: its last heartbeat, whether it answers, and whether
// it doubts the leader.
#pragma once

#include "core/base/time.hpp"
#include "core/consensus/echo_rhythm.hpp"
#include "core/consensus/messages.hpp"

namespace dnc {

// Before anything that is measured; far enough, and safe to subtract from.
inline constexpr Time kNever{-1'000'000'000'000};

struct Peer {
  Identity identity;
  Heartbeat last;
  Time heard{kNever};
  bool gone = false;           // its process ended, as far as the link can tell
  std::uint64_t echo_due = 0;  // nonce to send back
  Time echoed{kNever};         // when the newest nonce that came back was sent
  EchoRhythm rhythm;
  std::uint64_t probe_nonce = 0;
  SeqNo probe_base;
  Time probe_since{kNever};
  Term doubted;  // the newest term whose leader it asked about
  Time doubted_at{kNever};
};

}  // namespace dnc
