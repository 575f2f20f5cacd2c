#include "io/storage/rocks_disk.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "core/crypto/keccak256.hpp"
#include "io/storage/block_record.hpp"
#include "io/storage/disk_fixture.hpp"

namespace dnc {
namespace {

NewTerm some_certificate() {
  NewTerm certificate;
  certificate.term = {7};
  certificate.votes.emplace_back().to_term = {7};
  return certificate;
}

std::vector<Contradiction> some_contradictions() {
  Accept first;
  first.seat = {2};
  Accept second = first;
  second.block_hash.bytes.fill(1);
  return {{{{2}, {1}, {}}, first, second}};
}

TEST(BlockRecord, ChecksumIsCastagnoli) {
  EXPECT_EQ(record::crc32c(as_bytes("123456789")), 0xe3069283u);  // RFC 3720's check value
  EXPECT_EQ(record::crc32c({}), 0u);
  const Bytes zeros(32, 0);
  EXPECT_EQ(record::crc32c(zeros), 0x8a9136aau);
  EXPECT_EQ(record::crc32c_by_tables(zeros), 0x8a9136aau);
  const std::string text = "a text long enough for the fast path and its tail";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    const auto head = as_bytes(std::string_view(text).substr(0, cut));
    const auto tail = as_bytes(std::string_view(text).substr(cut));
    EXPECT_EQ(record::crc32c(tail, record::crc32c(head)), record::crc32c(as_bytes(text)));
    EXPECT_EQ(record::crc32c_by_tables(tail), record::crc32c(tail));
  }
}

TEST(BlockRecord, SealCoversKeyLengthAndPayload) {
  const std::string key = record::block_key({9});
  const std::string sealed = record::seal(key, as_bytes("payload"));
  EXPECT_EQ(as_text(*record::unseal(key, sealed)), "payload");
  EXPECT_FALSE(record::unseal(record::block_key({8}), sealed));
  EXPECT_FALSE(record::unseal(key, sealed.substr(0, sealed.size() - 1)));
  EXPECT_FALSE(record::unseal(key, sealed + "x"));
  EXPECT_FALSE(record::unseal(key, ""));
  for (std::size_t bit = 0; bit < 8 * sealed.size(); ++bit) {
    std::string flipped = sealed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(record::unseal(key, flipped)) << bit;
  }
}

TEST(BlockRecord, KeysSortBySeq) {
  EXPECT_LT(record::block_key({255}), record::block_key({256}));
  EXPECT_LT(record::block_key({~0ull}), record::kBlocksEnd);
  EXPECT_EQ(record::seq_of(record::block_key({12345})), SeqNo{12345});
  EXPECT_FALSE(record::seq_of("b123"));
  EXPECT_FALSE(record::seq_of(record::meta_key(MetaKey::kCommit)));
}

TEST(RocksDisk, NewDirectoryIsBlank) {
  const ScratchDirectory scratch;
  TestDisk disk(scratch.data());
  EXPECT_TRUE(disk.recovered().blocks.empty());
  EXPECT_FALSE(disk.recovered().damaged);
  EXPECT_EQ(disk.recovered().promised, Term{0});
  EXPECT_FALSE(disk.recovered().certificate);
}

TEST(RocksDisk, ReturnsWhatWasWritten) {
  const ScratchDirectory scratch;
  BlockChain chain;
  {
    TestDisk disk(scratch.data());
    DiskBatch batch;
    batch.id = 1;
    for (std::uint64_t seq = 1; seq <= 300; ++seq)
      batch.blocks.emplace_back(SeqNo{seq}, encode(chain.at(seq)));
    batch.meta.emplace_back(MetaKey::kPromisedTerm, number_bytes(7));
    batch.meta.emplace_back(MetaKey::kTermCertificate, encode(some_certificate()));
    Bytes commit = number_bytes(299);
    const Bytes accepts = encode(std::vector<Accept>(2));
    commit.insert(commit.end(), accepts.begin(), accepts.end());
    batch.meta.emplace_back(MetaKey::kCommit, commit);
    batch.meta.emplace_back(MetaKey::kGeneration, number_bytes(3));
    batch.meta.emplace_back(MetaKey::kContradictions, encode(some_contradictions()));
    disk->write(std::move(batch));
    ASSERT_TRUE(disk.wait_for(1));
  }
  for (int boot = 0; boot < 3; ++boot) {
    TestDisk disk(scratch.data());
    const Recovered& found = disk.recovered();
    ASSERT_EQ(found.blocks.size(), 300u);
    for (std::uint64_t seq = 1; seq <= 300; ++seq)
      EXPECT_EQ(found.blocks[seq - 1], chain.at(seq));
    EXPECT_EQ(found.promised, Term{7});
    EXPECT_EQ(found.certificate, some_certificate());
    EXPECT_EQ(found.commit_seq, SeqNo{299});
    EXPECT_EQ(found.generation, Generation{3});
    EXPECT_EQ(found.contradictions, some_contradictions());
    EXPECT_FALSE(found.damaged);
  }
}

TEST(RocksDisk, EmptyCertificateIsNone) {
  const ScratchDirectory scratch;
  {
    TestDisk disk(scratch.data());
    DiskBatch batch;
    batch.id = 1;
    batch.meta.emplace_back(MetaKey::kTermCertificate, encode(some_certificate()));
    disk->write(batch);
    batch.id = 2;
    batch.meta = {{MetaKey::kTermCertificate, {}}};
    disk->write(batch);
  }
  TestDisk disk(scratch.data());
  EXPECT_FALSE(disk.recovered().certificate);
  EXPECT_FALSE(disk.recovered().damaged);
}

TEST(RocksDisk, BatchesThatWaitShareASync) {
  const ScratchDirectory scratch;
  std::mutex mutex;
  std::condition_variable gate;
  bool open = false;
  std::vector<std::size_t> groups;
  RocksDiskConfig config;
  config.before_group = [&](std::size_t batches) {
    std::unique_lock lock(mutex);
    groups.push_back(batches);
    gate.notify_all();
    gate.wait(lock, [&] { return open; });
  };
  BlockChain chain;
  TestDisk disk(scratch.data(), config);
  disk->write(block_batch(1, chain.at(1)));
  {
    std::unique_lock lock(mutex);  // the first group is on its way: alone
    ASSERT_TRUE(gate.wait_for(lock, kDeadline, [&] { return !groups.empty(); }));
  }
  for (std::uint64_t id = 2; id <= 50; ++id)
    disk->write(block_batch(id, chain.at(id)));
  {
    const std::lock_guard lock(mutex);
    open = true;
    gate.notify_all();
  }
  ASSERT_TRUE(disk.wait_for(50));
  EXPECT_EQ(disk.synced(), (std::vector<std::uint64_t>{1, 50}));
  EXPECT_EQ(groups, (std::vector<std::size_t>{1, 49}));
}

TEST(RocksDisk, CallbacksComeInOrderAndCloseFlushes) {
  const ScratchDirectory scratch;
  BlockChain chain;
  {
    TestDisk disk(scratch.data());
    for (std::uint64_t id = 1; id <= 200; ++id)
      disk->write(block_batch(id, chain.at(id)));
    disk->close();
    const auto synced = disk.synced();
    EXPECT_TRUE(std::is_sorted(synced.begin(), synced.end()));
    EXPECT_EQ(synced.back(), 200u);
  }
  TestDisk disk(scratch.data());
  EXPECT_EQ(disk.recovered().blocks.size(), 200u);
}

TEST(RocksDisk, FullQueueMakesTheWriterWait) {
  const ScratchDirectory scratch;
  BlockChain chain(0, 1000);
  RocksDiskConfig config;
  config.queue_bytes_max = 4000;
  TestDisk disk(scratch.data(), config);
  for (std::uint64_t id = 1; id <= 100; ++id)
    disk->write(block_batch(id, chain.at(id)));
  DiskBatch huge = block_batch(101, chain.at(101));
  huge.blocks.emplace_back(SeqNo{102}, encode(chain.at(102)));
  for (std::uint64_t seq = 103; seq <= 110; ++seq)
    huge.blocks.emplace_back(SeqNo{seq}, encode(chain.at(seq)));
  disk->write(std::move(huge));  // larger than the queue: waits for an empty one
  ASSERT_TRUE(disk.wait_for(101));
}

TEST(RocksDisk, TruncatesBeforeItWritesTheBlocksOfTheBatch) {
  const ScratchDirectory scratch;
  BlockChain chain;
  BlockChain other(1);
  other.branch(chain, 6);
  {
    TestDisk disk(scratch.data());
    for (std::uint64_t id = 1; id <= 20; ++id)
      disk->write(block_batch(id, chain.at(id)));
    DiskBatch batch;
    batch.id = 21;
    batch.truncate_after = SeqNo{6};
    batch.blocks.emplace_back(SeqNo{7}, encode(other.at(7)));
    batch.blocks.emplace_back(SeqNo{8}, encode(other.at(8)));
    disk->write(std::move(batch));
  }
  TestDisk disk(scratch.data());
  ASSERT_EQ(disk.recovered().blocks.size(), 8u);
  EXPECT_EQ(disk.recovered().blocks[5], chain.at(6));
  EXPECT_EQ(disk.recovered().blocks[7], other.at(8));
  EXPECT_FALSE(disk.recovered().damaged);
}

TEST(RocksDisk, TruncatesToNothing) {
  const ScratchDirectory scratch;
  BlockChain chain;
  {
    TestDisk disk(scratch.data());
    disk->write(block_batch(1, chain.at(1)));
    DiskBatch batch;
    batch.id = 2;
    batch.truncate_after = SeqNo{0};
    disk->write(std::move(batch));
  }
  TestDisk disk(scratch.data());
  EXPECT_TRUE(disk.recovered().blocks.empty());
}

TEST(RocksDisk, RefusesAnotherDeployment) {
  const ScratchDirectory scratch;
  { TestDisk disk(scratch.data()); }
  WorldId other = test_world();
  other.chain_id = 8453;
  const auto chain = RocksDisk::open(scratch.data(), other);
  ASSERT_FALSE(chain.ok());
  EXPECT_EQ(chain.error().code, "wrong_world");
  EXPECT_NE(chain.error().message.find(scratch.data()), std::string::npos);
  EXPECT_FALSE(chain.error().hint.empty());
  other = test_world();
  other.contract.bytes[19] ^= 1;
  const auto contract = RocksDisk::open(scratch.data(), other);
  ASSERT_FALSE(contract.ok());
  EXPECT_EQ(contract.error().code, "wrong_world");
  TestDisk again(scratch.data());
  EXPECT_FALSE(again.recovered().damaged);
}

TEST(RocksDisk, RefusesASecondOpener) {
  const ScratchDirectory scratch;
  {
    TestDisk disk(scratch.data());
    const auto second = RocksDisk::open(scratch.data(), test_world());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, "data_dir_in_use");
  }
  EXPECT_TRUE(RocksDisk::open(scratch.data(), test_world()).ok());
}

TEST(RocksDisk, SaysWhenTheDirectoryCannotBeMade) {
  const ScratchDirectory scratch;
  std::ofstream(scratch.path() / "file") << "in the way";
  const auto opened = RocksDisk::open((scratch.path() / "file" / "data").string(), test_world());
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().code, "data_dir_unusable");
}

// The disk refuses to grow: the write fails, and the process must not outlive it.
void write_until_the_disk_is_full(const std::string& directory) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit limit{1u << 20, 1u << 20};
  ::setrlimit(RLIMIT_FSIZE, &limit);
  BlockChain chain(0, 60'000);
  TestDisk disk(directory);
  for (std::uint64_t id = 1; id <= 100; ++id)
    disk->write(block_batch(id, chain.at(id)));
  disk->close();
  std::exit(0);
}

TEST(RocksDiskDeathTest, FailedWriteEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // The process that dies runs this test from its start, and cannot tidy up behind itself.
  constexpr const char* kDirectory = "DNC_DISK_TEST_FULL";
  std::optional<ScratchDirectory> scratch;
  if (std::getenv(kDirectory) == nullptr) {
    scratch.emplace();
    ::setenv(kDirectory, scratch->data().c_str(), 1);
  }
  const std::string directory = std::getenv(kDirectory);
  EXPECT_EXIT(write_until_the_disk_is_full(directory), testing::KilledBySignal(SIGABRT),
              "disk_failed");
  ::unsetenv(kDirectory);
}

}  // namespace
}  // namespace dnc
