#include "io/storage/block_record.hpp"

#include <array>
#include <cstring>

#include "core/base/wire.hpp"

namespace dnc::record {
namespace {

constexpr std::size_t kSlices = 8;  // bytes taken per step

using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

// tables[k][b]: the checksum of byte b followed by k zero bytes.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = (crc & 1) ? crc >> 1 ^ 0x82f63b78u : crc >> 1;
    tables[0][byte] = crc;
  }
  for (std::size_t slice = 1; slice < kSlices; ++slice) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = before >> 8 ^ tables[0][before & 0xff];
    }
  }
  return tables;
}

constexpr Tables kTables = make_tables();

std::string to_string(ByteView bytes) {
  return as_text(bytes);
}

std::uint32_t checksum(std::string_view key, ByteView payload) {
  return crc32c(payload, crc32c(as_bytes(key)));
}

#if defined(__x86_64__)
// The processor's own instruction for this polynomial.
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_processor(ByteView bytes,
                                                                    std::uint32_t crc) {
  std::uint64_t sum = ~crc;
  std::size_t at = 0;
  for (; bytes.size() - at >= kSlices; at += kSlices) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    sum = __builtin_ia32_crc32di(sum, word);
  }
  auto tail = static_cast<std::uint32_t>(sum);
  for (; at < bytes.size(); ++at)
    tail = __builtin_ia32_crc32qi(tail, bytes[at]);
  return ~tail;
}

bool processor_can() {
  static const bool can = __builtin_cpu_supports("sse4.2") != 0;
  return can;
}
#endif

}  // namespace

std::uint32_t crc32c_by_tables(ByteView bytes, std::uint32_t crc) {
  crc = ~crc;
  std::size_t at = 0;
  for (; bytes.size() - at >= kSlices; at += kSlices) {
    std::uint32_t next = 0;
    for (std::size_t i = 0; i < kSlices; ++i) {
      const std::uint32_t mixed = i < 4 ? crc >> (8 * i) & 0xff : 0;
      next ^= kTables[kSlices - 1 - i][bytes[at + i] ^ mixed];
    }
    crc = next;
  }
  for (; at < bytes.size(); ++at)
    crc = crc >> 8 ^ kTables[0][(crc ^ bytes[at]) & 0xff];
  return ~crc;
}

std::uint32_t crc32c(ByteView bytes, std::uint32_t crc) {
#if defined(__x86_64__)
  if (processor_can()) return crc32c_by_processor(bytes, crc);
#endif
  return crc32c_by_tables(bytes, crc);
}

std::string block_key(SeqNo seq) {
  Writer out;
  out.raw(as_bytes(kBlocksBegin));
  out.id(seq);
  return to_string(out.bytes());
}

std::optional<SeqNo> seq_of(std::string_view key) {
  Reader in(as_bytes(key));
  if (in.u8() != static_cast<std::uint8_t>(kBlocksBegin[0])) return std::nullopt;
  const auto seq = in.id<SeqNo>();
  return in.at_end() ? std::optional(seq) : std::nullopt;
}

std::string meta_key(MetaKey key) {
  return {'m', static_cast<char>(key)};
}

std::string seal(std::string_view key, ByteView payload) {
  Writer out;
  out.u32(checksum(key, payload));
  out.blob(payload);
  return to_string(out.bytes());
}

std::optional<ByteView> unseal(std::string_view key, std::string_view value) {
  Reader in(as_bytes(value));
  const std::uint32_t sum = in.u32();
  const std::uint32_t length = in.u32();
  if (!in.ok() || value.size() - kSealBytes != length) return std::nullopt;
  const ByteView payload = in.raw(length);
  if (checksum(key, payload) != sum) return std::nullopt;
  return payload;
}

}  // namespace dnc::record
