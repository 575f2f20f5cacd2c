// Memory and disk under constant load: they breathe with the checkpoints, and stay within what
// docs/snapshots.md derives from the product's limits. DNC_SOAK_SECONDS says how long they are
// watched once everything that fills up is full; scripts/soak.sh draws DNC_SOAK_DATA.
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <map>

#include "cluster_test.hpp"
#include "core/consensus/limits.hpp"
#include "flood.hpp"

namespace dnc::cluster {
namespace {

constexpr double kMib = 1024.0 * 1024.0;
// Of the median of the last third over that of the first. With nothing pruned in memory or on disk
// it grew by half and more in a minute; as it is, by less than a tenth in ten.
constexpr double kGrowthMax = 0.3;
constexpr int kSamples = 150;  // of each node while it is watched
constexpr Millis kFillsWithin{300'000};

constexpr std::uint64_t kKeys = 5'000;
constexpr std::size_t kValueBytes = 1'024;
constexpr int kConnections = 6;
constexpr int kPipelined = 50;

// --- What is allowed -----------------------------------------------------------------------------

// In MiB, for a node under the load of this test. docs/snapshots.md explains each term.
struct Bounds {
  double rss = 0;
  double blocks = 0;
  double snapshots = 0;
};

Bounds bounds_for(double checkpoint_blocks) {
  constexpr double kOperationBytes = kValueBytes + 128;  // in a block: with its two keys
  constexpr double kSessionBytes = 128;                  // in a snapshot
  constexpr double kSessionInMemory = 384;
  constexpr double kProgram = 64;        // itself, its stacks, the buffers of its connections
  constexpr double kDatabase = 32;       // two write buffers of 8, a cache of 4, open tables
  constexpr double kDiskQueue = 64;      // RocksDiskConfig::queue_bytes_max
  constexpr double kWriteAhead = 32;     // max_total_wal_size
  constexpr double kTable = 64;          // RocksDB's largest file
  constexpr double kFirstLevel = 5 * 8;  // four write buffers wait there, one is being written
  constexpr double kHeapOverhead = 1.3;  // what the allocator keeps or cannot use
  const double block = kConnections * kPipelined * kOperationBytes / kMib;
  // What is in flight when a checkpoint is due comes on top: one block, as the clients wait.
  const double interval = std::min(
      checkpoint_blocks * block, static_cast<double>(CheckpointPolicy{}.bytes_max) / kMib + block);
  const double sessions = static_cast<double>(limits::kSessionsMax) / kMib;
  const double values = static_cast<double>(kKeys) * kOperationBytes / kMib;
  const double state = sessions * kSessionBytes + values;
  const double log = 3 * interval;
  const double held = log + sessions * kSessionInMemory + 2 * values + 7 * state;
  return {kHeapOverhead * (kProgram + kDatabase + kDiskQueue + held),
          log + kWriteAhead + kFirstLevel + 2 * kTable, 3 * state};
}

// --- What is seen --------------------------------------------------------------------------------

struct Sample {
  double seconds = 0;
  double rss = 0;
  double blocks = 0;
  double snapshots = 0;
  std::uint64_t commit_seq = 0;
};

// What the files below take on the disk. Files may go while they are looked at.
double mib_on_disk(const std::string& directory) {
  std::error_code ended;
  std::uintmax_t bytes = 0;
  for (std::filesystem::recursive_directory_iterator at(directory, ended), end; !ended && at != end;
       at.increment(ended)) {
    struct stat file {};
    if (::stat(at->path().c_str(), &file) == 0 && S_ISREG(file.st_mode)) {
      bytes += static_cast<std::uintmax_t>(file.st_blocks) * 512;
    }
  }
  return static_cast<double>(bytes) / kMib;
}

using Samples = std::vector<Sample>;

double peak(Samples::const_iterator from, Samples::const_iterator to, double Sample::*what) {
  double highest = 0;
  for (; from != to; ++from)
    highest = std::max(highest, (*from).*what);
  return highest;
}

double median(Samples::const_iterator from, Samples::const_iterator to, double Sample::*what) {
  std::vector<double> values;
  for (; from != to; ++from)
    values.push_back((*from).*what);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class Soak : public ClusterTest {
 protected:
  static std::string node_name(int seat) { return "node-" + std::to_string(seat); }

  // Every fourth an increment, the others values of the same keys, over and over.
  static Request write(std::uint64_t number) {
    if (number % 4 == 0) {
      return {.method = "POST", .target = "/increment", .headers = {}, .body = {}};
    }
    return put_in_turn(number, kKeys, kValueBytes);
  }

  static std::size_t checkpoints(int seat) {
    const std::string log = world().log(node_name(seat));
    std::size_t found = 0;
    for (auto at = log.find(" checkpoint "); at != std::string::npos;
         at = log.find(" checkpoint ", at + 1))
      ++found;
    return found;
  }

  // The table of sessions is full, twice over as it may be, and the log has been pruned.
  static bool filled(const Flood& flood) {
    if (flood.acknowledged() < 2 * limits::kSessionsMax) return false;
    const std::vector<int> seats = LocalWorld::seats();
    return std::all_of(seats.begin(), seats.end(), [](int seat) { return checkpoints(seat) >= 4; });
  }

  void sample(double seconds, std::ostream& data) {
    for (const int seat : LocalWorld::seats()) {
      const auto status = world().status(seat);
      if (!status) continue;
      const std::string directory = world().home() + "/" + node_name(seat);
      const Sample seen{seconds, static_cast<double>(world().resident_kib(seat)) / 1024.0,
                        mib_on_disk(directory + "/blocks"), mib_on_disk(directory + "/snapshots"),
                        status->commit_seq};
      samples_[seat].push_back(seen);
      data << seconds << ',' << seat << ',' << seen.rss << ',' << seen.blocks << ','
           << seen.snapshots << ',' << seen.commit_seq << '\n';
    }
  }

  void watch(double seconds, std::ostream& data) {
    const Moment start = Clock::now();
    double next = 0;
    poll_for(Millis(static_cast<int>(seconds * 1'000)), [&] {
      const double now = seconds_since(start);
      if (now < next) return false;
      next += seconds / kSamples;
      sample(now, data);
      return false;
    });
  }

  static void judge(const std::string& name, const Samples& samples, double Sample::*what,
                    double bound) {
    const auto third = static_cast<std::ptrdiff_t>(samples.size() / 3);
    const double first = median(samples.begin(), samples.begin() + third, what);
    const double last = median(samples.end() - third, samples.end(), what);
    measure(name + ", bound", bound, "MiB");
    measure(name + ", peak", peak(samples.begin(), samples.end(), what), "MiB");
    measure(name + ", median of the last third over the first", 100 * (last / first - 1), "%");
    EXPECT_LE(peak(samples.begin(), samples.end(), what), bound) << name;
    EXPECT_LE(last, (1 + kGrowthMax) * first) << name;
  }

  std::map<int, Samples> samples_;
};

TEST_F(Soak, MemoryAndDiskStayBounded) {
  const double seconds = count_from("DNC_SOAK_SECONDS", 60);
  const Bounds bounds =
      bounds_for(count_from("DNC_CHECKPOINT_BLOCKS", static_cast<int>(CheckpointPolicy{}.blocks)));
  const char* wanted = std::getenv("DNC_SOAK_DATA");
  std::ofstream data(wanted != nullptr ? wanted : world().home() + "/soak.csv");
  data << "# bounds in MiB: rss " << bounds.rss << ", blocks " << bounds.blocks << ", snapshots "
       << bounds.snapshots << "\nseconds,seat,rss,blocks,snapshots,commit_seq\n"
       << std::setprecision(5);
  Flood flood({.seats = LocalWorld::seats(), .connections = kConnections, .pipelined = kPipelined},
              write);
  ASSERT_TRUE(poll_for(
      kFillsWithin, [&] { return filled(flood); }, Millis(250)))
      << describe();
  const std::uint64_t before = flood.acknowledged();
  const std::size_t checkpoints_before = checkpoints(1);
  const std::vector<pid_t> pids = {world().node_pid(1), world().node_pid(2), world().node_pid(3)};
  watch(seconds, data);
  const auto done = static_cast<double>(flood.acknowledged() - before);
  flood.stop();
  measure("acknowledged for each second", done / seconds, "/s");
  measure("checkpoints", static_cast<double>(checkpoints(1) - checkpoints_before), "");
  EXPECT_GE(checkpoints(1) - checkpoints_before, 6u) << "too short to tell breathing from growth";
  for (const auto& [seat, samples] : samples_) {
    ASSERT_GE(samples.size(), kSamples / 2u) << "a node that did not answer, or no time for it";
    EXPECT_EQ(world().node_pid(seat), pids[static_cast<std::size_t>(seat - 1)]);
    EXPECT_GT(samples.back().commit_seq, samples.front().commit_seq) << node_name(seat);
    judge(node_name(seat) + " memory", samples, &Sample::rss, bounds.rss);
    judge(node_name(seat) + " blocks", samples, &Sample::blocks, bounds.blocks);
    judge(node_name(seat) + " snapshots", samples, &Sample::snapshots, bounds.snapshots);
  }
}

}  // namespace
}  // namespace dnc::cluster
