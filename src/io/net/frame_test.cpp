#include "io/net/frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace dnc {
namespace {

using Next = FrameReader::Next;

TEST(FrameReader, CutsAnyChunkingIntoTheSameFrames) {
  Bytes wire;
  const std::vector<std::string> texts{"a", "bc", std::string(300, 'd'), "e"};
  for (const std::string& text : texts)
    append_frame(as_bytes(text), wire);
  for (std::size_t chunk = 1; chunk <= wire.size(); ++chunk) {
    FrameReader reader(300);
    std::vector<std::string> got;
    for (std::size_t at = 0; at < wire.size(); at += chunk) {
      const Bytes part(
          wire.begin() + static_cast<std::ptrdiff_t>(at),
          wire.begin() + static_cast<std::ptrdiff_t>(std::min(at + chunk, wire.size())));
      reader.feed(part);
      ByteView payload;
      Next next{};
      while ((next = reader.next(payload)) == Next::frame)
        got.push_back(as_text(payload));
      ASSERT_EQ(next, Next::more);
    }
    ASSERT_EQ(got, texts) << "in chunks of " << chunk;
  }
}

TEST(FrameReader, RefusesEmptyAndLongFramesByTheirHeader) {
  ByteView payload;
  FrameReader reader(4);
  const Bytes longer{0, 0, 0, 5};
  reader.feed(longer);
  EXPECT_EQ(reader.next(payload), Next::bad);
  FrameReader other(4);
  const Bytes empty{0, 0, 0, 0};
  other.feed(empty);
  EXPECT_EQ(other.next(payload), Next::bad);
}

TEST(Hello, HasOneEncoding) {
  Hello hello;
  hello.identity = {Seat{3}, Epoch{9}, {}};
  hello.identity.boot_key.bytes[19] = 0xaa;
  hello.signature.bytes[64] = 1;
  Bytes bytes = encode(hello);
  EXPECT_EQ(bytes.size(), Hello::kBytes);
  const auto decoded = decode_hello(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->identity, hello.identity);
  EXPECT_EQ(decoded->signature, hello.signature);
  bytes.push_back(0);
  EXPECT_FALSE(decode_hello(bytes));
  bytes.resize(Hello::kBytes - 1);
  EXPECT_FALSE(decode_hello(bytes));
}

}  // namespace
}  // namespace dnc
