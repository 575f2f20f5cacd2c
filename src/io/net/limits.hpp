// What this room refuses to exceed. The defaults are for production; tests pass smaller ones.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/time.hpp"

namespace dnc {

inline constexpr std::size_t kFrameBytesMax = 4u << 20;  // payload of one frame between peers

struct ListenerLimits {
  std::size_t undecided_max =
      256;                        // sockets that have not shown what they speak; oldest goes first
  Duration handshake_max{5'000};  // from accept to the end of the TLS handshake
  Duration accept_retry{100};     // pause after accept() failed, e.g. without file descriptors
};

struct HttpLimits {
  std::size_t connections_max = 1024;
  std::size_t header_bytes_max = 16u << 10;  // request line and headers; more is 431
  std::size_t body_bytes_max = 1u << 20;     // more is 413
  std::size_t pipelined_max = 64;            // requests of one connection awaiting an answer
  std::size_t unsent_bytes_max = 1u << 20;   // answers a client does not read; then we stop reading
  Duration request_max{10'000};              // from a request's first byte to its last
  Duration idle_max{60'000};                 // between requests, and for an answer to be read
  Duration answer_max{60'000};               // for the handler to reply; then 504
  Duration linger_max{1'000};                // to let a refused client read why
};

struct PeerLimits {
  std::size_t links_max = 64;               // inbound, proven
  std::size_t unproven_max = 32;            // inbound, before the hello; oldest goes first
  std::size_t queue_bytes_max = 16u << 20;  // per outbound link, frames not yet handed to TLS
  std::size_t queue_frames_max = 4096;
  Duration hello_max{5'000};    // from connected to proven, either side
  Duration connect_max{1'000};  // a SYN that was dropped is sent again after 1 s anyway
  Duration redial_min{50};      // between the starts of two attempts, doubling, with jitter
  Duration redial_max{1'000};
  Duration refused_retry{2'000};  // when the other side is the wrong seat or is not admitted
  Duration dead_after{2'000};     // TCP_USER_TIMEOUT: unacknowledged for so long is a dead link
};

static_assert(PeerLimits{}.queue_bytes_max >= kFrameBytesMax + 4);

}  // namespace dnc
