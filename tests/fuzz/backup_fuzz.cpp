// Backups as files, and their heads as nodes give them. The first byte says which. Nobody's key is
// registered, so none may hold.
#include "core/consensus/codec.hpp"
#include "io/storage/backup_file.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace {

void judge(const dnc::Backup& backup) {
  dnc::KeyHistory history;
  for (std::uint64_t nonce = 0; nonce < 4; ++nonce)
    history.configs[{nonce}] = {{1}, {2}, {3}};
  dnc::fuzz::require(!dnc::verify_backup(backup, history));
}

// Records carry checksums that no mutation meets: what is in them is given without.
dnc::Backup assembled(dnc::ByteView bytes) {
  dnc::Backup backup;
  const std::size_t head_size = 4 * dnc::fuzz::take_byte(bytes);
  const auto head = dnc::decode_backup_head(dnc::fuzz::take(bytes, head_size));
  if (head) backup.head = *head;
  while (!bytes.empty()) {
    const std::size_t size = 8 * dnc::fuzz::take_byte(bytes);
    const auto block = dnc::decode_block(dnc::fuzz::take(bytes, size));
    if (block) backup.blocks.push_back(*block);
  }
  return backup;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  const std::size_t what = dnc::fuzz::take_byte(bytes) % 3;
  if (what == 0) {
    const auto file = dnc::fuzz::as_text(bytes);
    const auto backup = dnc::decode_backup(file);
    if (!backup) return 0;
    dnc::fuzz::require(dnc::encode_backup(*backup) == file);
    judge(*backup);
  } else if (what == 1) {
    const auto head = dnc::decode_backup_head(bytes);
    if (!head) return 0;
    const dnc::Bytes again = dnc::encode(*head);
    dnc::fuzz::require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
  } else {
    judge(assembled(bytes));
  }
  return 0;
}
