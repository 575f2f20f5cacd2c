#include "io/storage/backup_file.hpp"

#include <algorithm>

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"
#include "io/storage/block_record.hpp"

namespace dnc {
namespace {

constexpr std::string_view kMagic = "dnc-backup\n";
constexpr const char* kSaveAgain = "take another copy, or save again: clusterctl snapshot save";

std::string piece_name(std::uint32_t index) {
  return "piece " + std::to_string(index);
}

std::string block_name(SeqNo seq) {
  return "block " + std::to_string(seq.value);
}

Error damaged(const std::string& what) {
  return {"backup_damaged", what + " is not what was saved", kSaveAgain};
}

// Takes one record after the other off the front.
class Records {
 public:
  explicit Records(std::string_view rest) : rest_(rest) {}

  Result<ByteView> next(const std::string& name) {
    constexpr std::size_t kLengthAt = 4;
    Reader in(as_bytes(rest_));
    (void)in.raw(kLengthAt);
    const std::uint32_t length = in.u32();
    const std::size_t size = record::kSealBytes + length;
    if (in.ok() && length > limits::kBlockBytesMax) return damaged(name);
    if (!in.ok() || rest_.size() < size) {
      return Error{"backup_cut_short", "the file ends in the middle of " + name, kSaveAgain};
    }
    const auto payload = record::unseal(name, rest_.substr(0, size));
    if (!payload) return damaged(name);
    rest_.remove_prefix(size);
    return *payload;
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

Result<BackupHead> read_head(Records& records) {
  const auto bytes = records.next("head");
  if (!bytes) return bytes.error();
  auto head = decode_backup_head(*bytes);
  if (head) return std::move(*head);
  return Error{"not_a_backup", "its head cannot be read by this version",
               "use the clusterctl that saved it, or a later one"};
}

Status read_snapshot(Records& records, Backup& backup) {
  std::vector<Bytes> pieces;
  for (std::uint32_t i = 0; i < backup.head.pieces; ++i) {
    const auto piece = records.next(piece_name(i));
    if (!piece) return piece.error();
    pieces.emplace_back(piece->begin(), piece->end());
  }
  if (!backup.head.checkpoint) return ok_status();
  backup.snapshot = assemble(*backup.head.checkpoint, std::move(pieces));
  return backup.snapshot ? ok_status() : Status(damaged("the state at the checkpoint"));
}

Status read_blocks(Records& records, Backup& backup) {
  const SeqNo last = last_of(backup.head).value_or(SeqNo{});
  for (SeqNo seq = backup.head.first(); seq <= last; seq = seq.next()) {
    const auto bytes = records.next(block_name(seq));
    if (!bytes) return bytes.error();
    auto block = decode_block(*bytes);
    if (!block || block->header.seq != seq) return damaged(block_name(seq));
    backup.blocks.push_back(std::move(*block));
  }
  return ok_status();
}

}  // namespace

std::string encode_backup(const Backup& backup) {
  std::string file(kMagic);
  const auto add = [&](const std::string& name, ByteView payload) {
    file += record::seal(name, payload);
  };
  add("head", encode(backup.head));
  for (std::uint32_t i = 0; i < backup.head.pieces; ++i)
    add(piece_name(i), backup.snapshot->pieces[i]);
  for (const Block& block : backup.blocks)
    add(block_name(block.header.seq), encode(block));
  return file;
}

Result<Backup> decode_backup(std::string_view file) {
  const std::string_view begin = file.substr(0, kMagic.size());
  if (begin.size() < kMagic.size() && kMagic.starts_with(begin)) {
    return Error{"backup_cut_short", "the file ends before its head", kSaveAgain};
  }
  if (begin != kMagic) {
    return Error{"not_a_backup", "the file does not begin as a backup does",
                 "name a file that clusterctl snapshot save wrote"};
  }
  Records records(file.substr(kMagic.size()));
  auto head = read_head(records);
  if (!head) return head.error();
  Backup backup{std::move(*head), nullptr, {}};
  if (const Status read = read_snapshot(records, backup); !read) return read.error();
  if (const Status read = read_blocks(records, backup); !read) return read.error();
  if (records.left() == 0) return backup;
  return damaged("the end: " + std::to_string(records.left()) + " bytes too many follow, so it");
}

}  // namespace dnc
