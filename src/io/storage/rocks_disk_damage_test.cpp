// What a disk does to its data, and what a boot makes of it: whatever is returned is a prefix of
// what was written, and nothing that was synced goes missing unnoticed.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>

#include "core/base/prng.hpp"
#include "io/storage/block_record.hpp"
#include "io/storage/disk_fixture.hpp"

namespace dnc {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kBlocks = 40;

// A data directory as a killed process leaves it: copied while the disk is open and synced.
class Specimen {
 public:
  // `boots`: each leaves one table file; the last leaves its blocks in the write-ahead log.
  explicit Specimen(std::uint64_t boots) {
    std::uint64_t seq = 0;
    for (std::uint64_t boot = 1; boot <= boots; ++boot) {
      TestDisk disk(scratch_.data());
      for (std::uint64_t id = 1; id <= kBlocks / boots; ++id) {
        disk->write(block_batch(id, chain_.at(++seq)));
        CHECK(disk.wait_for(id));  // a group of its own
      }
      if (boot == boots) fs::copy(scratch_.data(), image(), fs::copy_options::recursive);
    }
  }
  fs::path image() const { return scratch_.path() / "image"; }
  void copy_to(const std::string& target) const {
    fs::remove_all(target);
    fs::copy(image(), target, fs::copy_options::recursive);
  }
  BlockChain& chain() { return chain_; }

 private:
  ScratchDirectory scratch_;
  BlockChain chain_;
};

std::vector<fs::path> files_with(const fs::path& directory, std::string_view ending) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().filename().string().ends_with(ending)) found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

fs::path write_ahead_log(const fs::path& data) {
  fs::path newest;
  for (const auto& path : files_with(data / "blocks", ".log")) {
    if (fs::file_size(path) > 0) newest = path;
  }
  CHECK(!newest.empty());
  return newest;
}

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void flip_bit(const fs::path& path, std::uint64_t bit) {
  std::string bytes = content(path);
  bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// A boot on `data`: a prefix of the chain comes back, whole or marked as damaged, and the disk goes
// on from there.
void expect_prefix_or_damage(const std::string& data, BlockChain& chain, const std::string& what) {
  std::size_t kept = 0;
  bool damaged = false;
  {
    TestDisk disk(data);
    const auto& blocks = disk.recovered().blocks;
    ASSERT_LE(blocks.size(), kBlocks) << what;
    for (std::size_t i = 0; i < blocks.size(); ++i)
      ASSERT_EQ(blocks[i], chain.at(i + 1)) << what;
    kept = blocks.size();
    damaged = disk.recovered().damaged;
    ASSERT_TRUE(kept == kBlocks || damaged) << what << ": lost a synced block without a word";
    disk->write(block_batch(1, chain.at(kept + 1)));
  }
  TestDisk again(data);
  ASSERT_EQ(again.recovered().blocks.size(), kept + 1) << what;
  ASSERT_EQ(again.recovered().damaged, damaged) << what << ": damage is not forgotten";
}

TEST(RocksDiskDamage, CutLogIsAPrefixAndSaysSo) {
  Specimen specimen(1);
  const ScratchDirectory scratch;
  const auto size = fs::file_size(write_ahead_log(specimen.image()));
  for (std::uint64_t keep = 0; keep <= size; keep += keep < 200 || keep + 200 > size ? 11 : 503) {
    specimen.copy_to(scratch.data());
    fs::resize_file(write_ahead_log(scratch.data()), keep);
    expect_prefix_or_damage(scratch.data(), specimen.chain(), "cut at " + std::to_string(keep));
    if (HasFatalFailure()) return;
  }
}

TEST(RocksDiskDamage, TornTailThatNobodyWasToldOfIsNoDamage) {
  Specimen specimen(1);
  const ScratchDirectory scratch;
  const auto size = fs::file_size(write_ahead_log(specimen.image()));
  const auto fill = content(write_ahead_log(specimen.image()));
  for (std::size_t torn = 1; torn < 160; torn += 13) {
    specimen.copy_to(scratch.data());
    // The beginning of one more record: a copy of the first ones will do.
    std::ofstream(write_ahead_log(scratch.data()), std::ios::binary | std::ios::app)
        << fill.substr(0, torn);
    ASSERT_EQ(fs::file_size(write_ahead_log(scratch.data())), size + torn);
    TestDisk disk(scratch.data());
    ASSERT_EQ(disk.recovered().blocks.size(), kBlocks) << torn;
    ASSERT_FALSE(disk.recovered().damaged) << torn;
  }
}

// Flips bits spread over `path` (as it is named in the image) and boots after each.
void flip_over(Specimen& specimen, const fs::path& path, int flips, std::uint64_t seed) {
  const ScratchDirectory scratch;
  const auto relative = fs::relative(path, specimen.image());
  Prng prng(seed);
  for (int flip = 0; flip < flips; ++flip) {
    specimen.copy_to(scratch.data());
    const std::uint64_t bit = prng.below(8 * fs::file_size(path));
    flip_bit(fs::path(scratch.data()) / relative, bit);
    expect_prefix_or_damage(scratch.data(), specimen.chain(),
                            relative.string() + " bit " + std::to_string(bit));
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(RocksDiskDamage, BitFlipInTheLog) {
  Specimen specimen(1);
  flip_over(specimen, write_ahead_log(specimen.image()), 30, 1);
}

TEST(RocksDiskDamage, BitFlipInTheTables) {
  Specimen specimen(4);
  const auto tables = files_with(specimen.image() / "blocks", ".sst");
  ASSERT_FALSE(tables.empty());
  std::uint64_t seed = 10;
  for (const auto& table : tables) {
    flip_over(specimen, table, 12, ++seed);
    if (HasFatalFailure()) return;
  }
}

TEST(RocksDiskDamage, BitFlipInTheBooks) {
  Specimen specimen(2);
  for (const char* name : {"CURRENT", "IDENTITY"})
    flip_over(specimen, specimen.image() / "blocks" / name, 6, 20);
  for (const auto& entry : fs::directory_iterator(specimen.image() / "blocks")) {
    const auto name = entry.path().filename().string();
    if (name.starts_with("MANIFEST")) flip_over(specimen, entry.path(), 15, 21);
    if (name.starts_with("OPTIONS")) flip_over(specimen, entry.path(), 4, 22);
  }
  flip_over(specimen, specimen.image() / "SYNCED", 8, 23);
}

TEST(RocksDiskDamage, MissingFiles) {
  Specimen specimen(2);
  const ScratchDirectory scratch;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(specimen.image() / "blocks"))
    files.push_back(entry.path().filename());
  for (const auto& file : files) {
    specimen.copy_to(scratch.data());
    fs::remove(scratch.blocks() / file);
    expect_prefix_or_damage(scratch.data(), specimen.chain(), "without " + file.string());
    if (HasFatalFailure()) return;
  }
}

TEST(RocksDiskDamage, UnreadableDatabaseIsKeptAside) {
  Specimen specimen(2);
  const ScratchDirectory scratch;
  fs::create_directory(scratch.data());
  for (int round = 1; round <= 6; ++round) {
    fs::remove_all(scratch.blocks());
    fs::copy(specimen.image() / "blocks", scratch.blocks(), fs::copy_options::recursive);
    fs::copy(specimen.image() / "WORLD", fs::path(scratch.data()) / "WORLD",
             fs::copy_options::overwrite_existing);
    std::ofstream(scratch.blocks() / "CURRENT") << "MANIFEST-999999\n";
    TestDisk disk(scratch.data());
    EXPECT_TRUE(disk.recovered().damaged);
    EXPECT_TRUE(disk.recovered().blocks.empty());
  }
  const auto aside = [&](int n) {
    return fs::exists(fs::path(scratch.data()) / ("blocks.damaged-" + std::to_string(n)));
  };
  EXPECT_TRUE(aside(1) && aside(4));
  EXPECT_FALSE(aside(5));  // bounded
}

TEST(RocksDiskDamage, BlocksOfUnknownOriginAreNotTaken) {
  Specimen specimen(1);
  const ScratchDirectory scratch;
  for (const char* world : {"", "chain_id x\n", "chain_id 31337\ncontract 0x12\n"}) {
    specimen.copy_to(scratch.data());
    std::ofstream(fs::path(scratch.data()) / "WORLD") << world;
    TestDisk disk(scratch.data());
    EXPECT_TRUE(disk.recovered().blocks.empty());
    EXPECT_TRUE(disk.recovered().damaged);
  }
  EXPECT_TRUE(fs::exists(fs::path(scratch.data()) / "blocks.damaged-1"));
  TestDisk disk(scratch.data());  // now it is claimed
  EXPECT_TRUE(disk.recovered().damaged);
}

TEST(RocksDiskDamage, InterruptedSwapIsFinished) {
  Specimen specimen(1);
  const ScratchDirectory scratch;
  specimen.copy_to(scratch.data());
  fs::rename(scratch.blocks(), fs::path(scratch.data()) / "blocks.new");
  {
    TestDisk disk(scratch.data());
    EXPECT_EQ(disk.recovered().blocks.size(), kBlocks);
  }
  fs::create_directory(fs::path(scratch.data()) / "blocks.new");
  TestDisk disk(scratch.data());
  EXPECT_EQ(disk.recovered().blocks.size(), kBlocks);
  EXPECT_FALSE(fs::exists(fs::path(scratch.data()) / "blocks.new"));
}

// Blocks that are sealed well but do not make a log: the fault of whoever wrote them.
void expect_cut(const std::vector<std::pair<SeqNo, Bytes>>& blocks, std::size_t kept) {
  const ScratchDirectory scratch;
  {
    TestDisk disk(scratch.data());
    DiskBatch batch;
    batch.id = 1;
    batch.blocks = blocks;
    disk->write(std::move(batch));
  }
  {
    TestDisk disk(scratch.data());
    EXPECT_EQ(disk.recovered().blocks.size(), kept);
    EXPECT_TRUE(disk.recovered().damaged);
  }
  TestDisk disk(scratch.data());
  EXPECT_EQ(disk.recovered().blocks.size(), kept);
  EXPECT_TRUE(disk.recovered().damaged);
}

TEST(RocksDiskDamage, CutsAtTheFirstBlockThatDoesNotFollow) {
  BlockChain chain;
  BlockChain other(1);
  const auto at = [](BlockChain& from, std::uint64_t seq) {
    return std::pair(SeqNo{seq}, encode(from.at(seq)));
  };
  expect_cut({at(chain, 1), at(chain, 2), at(chain, 4)}, 2);
  expect_cut({at(chain, 2), at(chain, 3)}, 0);
  expect_cut({at(chain, 1), at(chain, 2), at(other, 3), at(other, 4)}, 2);
  expect_cut({at(chain, 1), {SeqNo{2}, encode(chain.at(3))}}, 1);
  expect_cut({at(chain, 1), {SeqNo{2}, Bytes{1, 2, 3}}, at(chain, 3)}, 1);
  Block changed = chain.at(2);
  changed.body.operations.front().command.front() ^= 1;
  expect_cut({at(chain, 1), {SeqNo{2}, encode(changed)}}, 1);
}

TEST(RocksDiskDamage, CommitBeyondTheLogIsDamage) {
  const ScratchDirectory scratch;
  BlockChain chain;
  {
    TestDisk disk(scratch.data());
    DiskBatch batch = block_batch(1, chain.at(1));
    batch.meta.emplace_back(MetaKey::kCommit, number_bytes(5));
    disk->write(std::move(batch));
  }
  TestDisk disk(scratch.data());
  EXPECT_EQ(disk.recovered().commit_seq, SeqNo{1});
  EXPECT_TRUE(disk.recovered().damaged);
}

TEST(RocksDiskDamage, IsForgottenWithTheNextGeneration) {
  Specimen specimen(1);
  const ScratchDirectory scratch;
  specimen.copy_to(scratch.data());
  fs::resize_file(write_ahead_log(scratch.data()), 1000);
  {
    TestDisk disk(scratch.data());
    EXPECT_TRUE(disk.recovered().damaged);
    DiskBatch batch;
    batch.id = 1;
    batch.meta.emplace_back(MetaKey::kGeneration, number_bytes(2));
    disk->write(std::move(batch));
  }
  TestDisk disk(scratch.data());
  EXPECT_FALSE(disk.recovered().damaged);
}

// --- A process that is killed while it writes ---------------------------------------------------

constexpr const char* kVictimDirectory = "DNC_DISK_TEST_VICTIM";
constexpr int kAckFd = 100;  // where the victim says what is synced

// Not a test: what the child of KilledProcessKeepsWhatItAcknowledged does, for ever. The length
// of the log after each sync goes to kAckFd.
TEST(RocksDiskVictim, DISABLED_Writes) {
  const char* directory = std::getenv(kVictimDirectory);
  if (directory == nullptr) GTEST_SKIP() << "run by another test only";
  auto disk = RocksDisk::open(directory, test_world());
  CHECK(disk.ok());
  const auto recovered = (*disk)->recover();
  CHECK(recovered.ok());
  const std::uint64_t found = recovered->blocks.size();
  (*disk)->start([found](std::uint64_t batch) {
    const std::uint64_t acknowledged = found + batch;
    CHECK(::write(kAckFd, &acknowledged, sizeof acknowledged) == sizeof acknowledged);
  });
  BlockChain chain(0, 3000);
  for (std::uint64_t id = 1;; ++id)
    (*disk)->write(block_batch(id, chain.at(found + id)));
}

// Starts the victim, waits for `acknowledgements` of them, kills it; returns the last one it sent.
std::uint64_t run_and_kill(const std::string& directory, int acknowledgements) {
  int pipe_ends[2];
  CHECK(::pipe(pipe_ends) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::setenv(kVictimDirectory, directory.c_str(), 1);
    ::dup2(pipe_ends[1], kAckFd);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    ::close(pipe_ends[0]);
    ::execl("/proc/self/exe", "io_storage_test", "--gtest_filter=RocksDiskVictim.*",
            "--gtest_brief=1", "--gtest_also_run_disabled_tests", static_cast<char*>(nullptr));
    ::_exit(1);
  }
  ::close(pipe_ends[1]);
  std::uint64_t last = 0;
  std::uint64_t seen = 0;
  for (int count = 0; ::read(pipe_ends[0], &seen, sizeof seen) == sizeof seen; ++count) {
    last = seen;
    if (count == acknowledgements) ::kill(child, SIGKILL);
  }
  ::close(pipe_ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << status;
  return last;
}

TEST(RocksDiskDamage, KilledProcessKeepsWhatItAcknowledged) {
  const ScratchDirectory scratch;
  BlockChain chain(0, 3000);
  Prng prng(5);
  for (int round = 0; round < 6; ++round) {
    const auto acknowledged = run_and_kill(scratch.data(), static_cast<int>(prng.below(60)));
    auto disk = RocksDisk::open(scratch.data(), test_world());
    ASSERT_TRUE(disk.ok());
    const auto recovered = (*disk)->recover();
    ASSERT_TRUE(recovered.ok());
    EXPECT_FALSE(recovered->damaged);
    EXPECT_GE(recovered->blocks.size(), acknowledged);
    for (std::size_t i = 0; i < recovered->blocks.size(); ++i)
      ASSERT_EQ(recovered->blocks[i], chain.at(i + 1));
  }
}

}  // namespace
}  // namespace dnc
