// How blocks and metadata look in RocksDB: keys that sort by seq, values behind a checksum that
// covers the key as well, so that a value under the wrong key is found out.
//   key    "b" u64 seq | "m" u8 key | "g" (groups written) | "d" (exists: damaged)
//   value  u32 crc32c of (key | payload), u32 length, payload
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/consensus/effects.hpp"

namespace dnc::record {

inline constexpr std::string_view kGroupsKey = "g";
inline constexpr std::string_view kDamagedKey = "d";
inline constexpr std::string_view kBlocksBegin = "b";
inline constexpr std::string_view kBlocksEnd = "c";  // first key after all blocks

std::string block_key(SeqNo seq);
std::optional<SeqNo> seq_of(std::string_view key);  // empty: not a block's key
std::string meta_key(MetaKey key);

inline constexpr std::size_t kSealBytes = 8;  // checksum and length

std::string seal(std::string_view key, ByteView payload);
// The payload; empty when anything about the value is wrong.
std::optional<ByteView> unseal(std::string_view key, std::string_view value);

std::uint32_t crc32c(ByteView bytes, std::uint32_t crc = 0);  // Castagnoli, as in RFC 3720
std::uint32_t crc32c_by_tables(ByteView bytes, std::uint32_t crc = 0);  // where there is no help

}  // namespace dnc::record
