// A link's bytes, cut into reads of any size: the frames do not depend on the cuts, and none is
// larger than the limit.
#include "io/net/frame.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

constexpr std::size_t kFrameMax = 512;

std::vector<dnc::Bytes> read_all(dnc::ByteView stream, std::size_t at_a_time, bool& bad) {
  dnc::FrameReader reader(kFrameMax);
  std::vector<dnc::Bytes> frames;
  bad = false;
  while (!stream.empty() && !bad) {
    reader.feed(dnc::fuzz::take(stream, at_a_time));
    dnc::ByteView payload;
    for (;;) {
      const auto next = reader.next(payload);
      if (next == dnc::FrameReader::Next::more) break;
      bad = next == dnc::FrameReader::Next::bad;
      if (bad) break;
      dnc::fuzz::require(payload.size() <= kFrameMax);
      frames.emplace_back(payload.begin(), payload.end());
    }
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  if (const auto hello = dnc::decode_hello(bytes)) {
    const dnc::Bytes again = dnc::encode(*hello);
    dnc::fuzz::require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
  }
  const std::size_t cut = 1 + dnc::fuzz::take_byte(bytes);
  bool bad_whole = false;
  bool bad_cut = false;
  const auto whole = read_all(bytes, bytes.size(), bad_whole);
  const auto in_parts = read_all(bytes, cut, bad_cut);
  dnc::fuzz::require(bad_whole == bad_cut && whole == in_parts);
  return 0;
}
