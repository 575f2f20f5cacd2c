// Frames between peers: a 32-bit big-endian length, then that many bytes, at least one.
// The first frame of each direction is a hello (docs/formats.md, "Peer links").
#pragma once

#include <optional>

#include "core/base/bytes.hpp"
#include "core/base/identity.hpp"

namespace dnc {

inline constexpr std::size_t kFrameHeaderBytes = 4;

void append_frame(ByteView payload, Bytes& out);

// Cuts a stream of bytes into frames. Buffers no more than one incomplete frame plus what was fed.
class FrameReader {
 public:
  enum class [[nodiscard]] Next{more, frame, bad};

  explicit FrameReader(std::size_t frame_bytes_max) : max_(frame_bytes_max) {}

  void set_max(std::size_t frame_bytes_max) { max_ = frame_bytes_max; }

  // `bytes` must live until next() has said `more`.
  void feed(ByteView bytes);
  Next next(ByteView& payload);  // `payload` lives as long as what was fed

 private:
  std::size_t max_;
  Bytes kept_;     // the beginning of an incomplete frame
  ByteView rest_;  // what next() has not returned yet: all in kept_, or all in what was fed
};

struct Hello {
  static constexpr std::uint8_t kVersion = 1;
  static constexpr std::size_t kBytes = 1 + 8 + 8 + Address::kSize + Signature::kSize;

  Identity identity;
  Signature signature;  // by the boot key, over the digest of the sender's TLS key and identity
};

Bytes encode(const Hello& hello);
std::optional<Hello> decode_hello(ByteView bytes);  // empty for another version, too

}  // namespace dnc
