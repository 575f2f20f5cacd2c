#include "sim/journal.hpp"

#include "core/base/wire.hpp"

namespace dnc {
namespace {

constexpr std::size_t kValueBytesMax = 64u << 20;

}  // namespace

Bytes encode_journal(const DiskBatch& batch) {
  Writer out;
  out.flag(batch.prune_upto.has_value());
  if (batch.prune_upto) out.id(*batch.prune_upto);
  out.flag(batch.truncate_after.has_value());
  if (batch.truncate_after) out.id(*batch.truncate_after);
  out.u32(static_cast<std::uint32_t>(batch.blocks.size()));
  for (const auto& [seq, block] : batch.blocks) {
    out.id(seq);
    out.blob(block);
  }
  out.u32(static_cast<std::uint32_t>(batch.meta.size()));
  for (const auto& [key, value] : batch.meta) {
    out.u8(static_cast<std::uint8_t>(key));
    out.blob(value);
  }
  return out.take();
}

std::optional<DiskBatch> decode_journal(ByteView bytes) {
  Reader in(bytes);
  DiskBatch batch;
  if (in.flag()) batch.prune_upto = in.id<SeqNo>();
  if (in.flag()) batch.truncate_after = in.id<SeqNo>();
  const std::uint32_t blocks = in.count(12);
  for (std::uint32_t at = 0; at < blocks && in.ok(); ++at) {
    const SeqNo seq = in.id<SeqNo>();
    batch.blocks.emplace_back(seq, in.blob(kValueBytesMax));
  }
  const std::uint32_t meta = in.count(5);
  for (std::uint32_t at = 0; at < meta && in.ok(); ++at) {
    const auto key = static_cast<MetaKey>(in.u8());
    batch.meta.emplace_back(key, in.blob(kValueBytesMax));
  }
  if (!in.at_end()) return std::nullopt;
  return batch;
}

}  // namespace dnc
