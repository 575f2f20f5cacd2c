#include "io/net/frame.hpp"

#include "core/base/wire.hpp"

namespace dnc {

void append_frame(ByteView payload, Bytes& out) {
  const auto size = static_cast<std::uint32_t>(payload.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<std::uint8_t>(size >> shift));
  }
  out.insert(out.end(), payload.begin(), payload.end());
}

void FrameReader::feed(ByteView bytes) {
  if (kept_.empty()) {
    rest_ = bytes;
    return;
  }
  kept_.insert(kept_.end(), bytes.begin(), bytes.end());
  rest_ = kept_;
}

FrameReader::Next FrameReader::next(ByteView& payload) {
  if (rest_.size() >= kFrameHeaderBytes) {
    Reader header(rest_.first(kFrameHeaderBytes));
    const std::size_t size = header.u32();
    if (size == 0 || size > max_) return Next::bad;
    if (rest_.size() - kFrameHeaderBytes >= size) {
      payload = rest_.subspan(kFrameHeaderBytes, size);
      rest_ = rest_.subspan(kFrameHeaderBytes + size);
      return Next::frame;
    }
  }
  if (rest_.size() != kept_.size()) {  // else it is all kept already
    Bytes incomplete(rest_.begin(), rest_.end());
    kept_.swap(incomplete);
  }
  rest_ = {};
  return Next::more;
}

Bytes encode(const Hello& hello) {
  Writer writer;
  writer.u8(Hello::kVersion);
  writer.id(hello.identity.seat);
  writer.id(hello.identity.epoch);
  writer.fixed(hello.identity.boot_key);
  writer.fixed(hello.signature);
  return writer.take();
}

std::optional<Hello> decode_hello(ByteView bytes) {
  Reader reader(bytes);
  const std::uint8_t version = reader.u8();
  Hello hello;
  hello.identity.seat = reader.id<Seat>();
  hello.identity.epoch = reader.id<Epoch>();
  hello.identity.boot_key = reader.fixed<Address>();
  hello.signature = reader.fixed<Signature>();
  if (!reader.at_end() || version != Hello::kVersion) return std::nullopt;
  return hello;
}

}  // namespace dnc
