// Backups as files, with every kind of damage, and as what a node finds on its disk.
#include "io/storage/backup_file.hpp"

#include "core/consensus/backup_test.hpp"
#include "io/base/file.hpp"
#include "io/storage/disk_fixture.hpp"

namespace dnc {
namespace {

std::string code_of(const std::string& file) {
  const auto read = decode_backup(file);
  return read ? "" : read.error().code;
}

std::string message_of(const std::string& file) {
  const auto read = decode_backup(file);
  return read ? "" : read.error().message;
}

TEST(BackupFile, IsReadAsItWasWritten) {
  for (const bool with_snapshot : {true, false}) {
    const TestBackup made(with_snapshot);
    const std::string file = encode_backup(made.backup);
    const auto read = decode_backup(file);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->blocks, made.backup.blocks);
    EXPECT_EQ(read->snapshot != nullptr, with_snapshot);
    EXPECT_EQ(encode_backup(*read), file);
    EXPECT_TRUE(verify_backup(*read, made.history));
  }
}

TEST(BackupFile, CutShortAnywhereItSaysSo) {
  const std::string file = encode_backup(TestBackup(false).backup);
  for (std::size_t size = 0; size < file.size(); ++size)
    EXPECT_EQ(code_of(file.substr(0, size)), "backup_cut_short") << size;
  const std::string large = encode_backup(TestBackup(true).backup);
  EXPECT_NE(message_of(large.substr(0, large.size() / 2)).find("piece 0"), std::string::npos);
  EXPECT_NE(message_of(large.substr(0, large.size() - 1)).find("block 4"), std::string::npos);
}

TEST(BackupFile, AFlippedBitAnywhereIsFound) {
  const std::string file = encode_backup(TestBackup(false).backup);
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    std::string bad = file;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ 1 << bit % 8);
    EXPECT_NE(code_of(bad), "") << bit;
  }
  std::string large = encode_backup(TestBackup(true).backup);
  large[large.size() / 2] = static_cast<char>(large[large.size() / 2] ^ 1);
  EXPECT_EQ(code_of(large), "backup_damaged");
  EXPECT_NE(message_of(large).find("piece 0"), std::string::npos) << message_of(large);
}

TEST(BackupFile, WhatIsNoBackupIsToldApartFromWhatIsDamaged) {
  EXPECT_EQ(code_of("{\"version\":1}\n and so on"), "not_a_backup");
  const std::string file = encode_backup(TestBackup(true).backup);
  EXPECT_EQ(code_of(file + "x"), "backup_damaged");
  EXPECT_EQ(code_of(file + file), "backup_damaged");
}

// Each part is good, but not in this backup.
TEST(BackupFile, PartsOfAnotherBackupAreRefused) {
  Backup mixed = TestBackup(true).backup;
  auto other = std::make_shared<Snapshot>(*mixed.snapshot);
  other->pieces.front().front() ^= 1;
  mixed.snapshot = other;
  EXPECT_EQ(code_of(encode_backup(mixed)), "backup_damaged");
  mixed = TestBackup(false).backup;
  std::swap(mixed.blocks[1], mixed.blocks[2]);
  EXPECT_EQ(code_of(encode_backup(mixed)), "backup_damaged");
}

TEST(BackupRestore, ANodeFindsWhatWasCommittedAndNothingElse) {
  for (const bool with_snapshot : {true, false}) {
    const TestBackup made(with_snapshot);
    const BlockHeader& last = made.backup.last();
    ScratchDirectory scratch;
    const Status restored = restore_backup(made.backup, scratch.data());
    ASSERT_TRUE(restored) << restored.error().message;
    TestDisk disk(scratch.data());
    const Recovered& found = disk.recovered();
    EXPECT_FALSE(found.damaged);
    EXPECT_EQ(found.blocks, made.backup.blocks);
    EXPECT_EQ(found.commit_seq, last.seq);
    EXPECT_EQ(found.promised, last.term);
    EXPECT_EQ(found.generation, last.generation);
    ASSERT_EQ(found.snapshot != nullptr, with_snapshot);
    if (with_snapshot) {
      EXPECT_EQ(found.snapshot->pieces, made.backup.snapshot->pieces);
    }
    EXPECT_EQ(newest_epoch(found, {2}), Epoch{1}) << "a boot on this disk takes a later one";
  }
}

TEST(BackupRestore, ADirectoryThatHoldsSomethingIsLeftAlone) {
  const TestBackup made(true);
  ScratchDirectory scratch;
  ASSERT_TRUE(ensure_directory(scratch.data()));
  ASSERT_TRUE(write_file(scratch.data() + "/SYNCED", "what is left of a disk"));
  const Status refused = restore_backup(made.backup, scratch.data());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "directory_not_empty");
  EXPECT_EQ(read_file(scratch.data() + "/SYNCED", 100).value(), "what is left of a disk");
  std::filesystem::remove(scratch.data() + "/SYNCED");
  ASSERT_TRUE(ensure_directory(scratch.data() + "/lost+found"));
  EXPECT_TRUE(restore_backup(made.backup, scratch.data())) << "the file system's own";
}

TEST(BackupRestore, AFileInPlaceOfTheDirectoryIsRefused) {
  ScratchDirectory scratch;
  ASSERT_TRUE(write_file(scratch.data(), "no directory"));
  const Status refused = restore_backup(TestBackup(false).backup, scratch.data());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "data_dir_unusable");
}

}  // namespace
}  // namespace dnc
