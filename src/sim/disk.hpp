// The disk of one seat: batches become durable in order, in groups, after a while. What was not
// synced when the power fails survives as a random prefix. It stores bytes under checksums and
// gives them back decoded, so what a boot recovers has gone through the real encoding.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/base/prng.hpp"
#include "core/consensus/effects.hpp"
#include "core/consensus/replica.hpp"
#include "sim/event_queue.hpp"

namespace dnc {

// What a disk may do with writes that it reports as synced. It shows once the machine was down.
enum class WriteFault : std::uint8_t {
  kNone,
  kLost,         // the next write is not done
  kMisdirected,  // the next blocks go where others are
  kStale,        // nothing is written any more
};

class SimDisk {
 public:
  using Synced = std::function<void(std::uint64_t batch)>;
  using Failed = std::function<void()>;

  SimDisk(EventQueue& queue, Prng prng) : queue_(queue), prng_(prng) {}

  // Syncs are told to `synced`, a failed one to `failed`, until the next crash.
  void attach(Synced synced, Failed failed = {});
  void persist(const DiskBatch& batch);
  // The process or the machine dies: a random prefix of what was not synced survives.
  void crash();

  void set_slow(bool slow) { slow_ = slow; }
  // Every sync fails while there is no space.
  void set_full(bool full) { full_ = full; }
  void fail_next_sync() { fail_next_ = true; }
  // Until the next crash. What the process reads back from its memory is not affected.
  void miswrite(WriteFault fault) { write_fault_ = fault; }
  // In the middle of the next write `power_fails` is called; a part of that write is on the disk.
  void tear_next(Failed power_fails) { power_fails_ = std::move(power_fails); }

  // From now on it does what it is asked to.
  void heal();

  // A new disk: nothing on it.
  void wipe();
  // The end of the log is unreadable and the disk knows it (checksums). Requires: crashed.
  void damage();
  // Bits change in one stored block, the last one or any. Requires: crashed.
  void flip_bits(bool last);
  // Remembers the present content, and goes back to it: a restored snapshot of the machine.
  void snapshot() { snapshot_ = content_; }
  void roll_back() { content_ = snapshot_; }
  // Becomes what the other one holds by now.
  void copy_from(const SimDisk& other) { content_ = other.content_; }

  // What a boot finds. Cuts off what cannot be read, and remembers that something was lost.
  Recovered recover();
  bool blank() const { return content_.blocks.empty() && content_.checkpoints.empty(); }
  std::size_t blocks() const { return content_.blocks.size(); }
  // Checkpoints whose state is here, newest last.
  std::vector<SeqNo> checkpoints() const;
  // A bit changes in the newest of them. Requires: crashed.
  void damage_checkpoint();
  // The generation that this disk says its log belongs to.
  Generation generation() const;
  // Is exactly this block durable here, or the state at a checkpoint after it?
  bool holds(SeqNo seq, const Bytes& block) const;

 private:
  struct Record {
    Bytes bytes;
    std::uint64_t sum = 0;
    bool good() const { return sum == sum_of(bytes); }
  };
  struct Content {
    std::map<SeqNo, Record> checkpoints;  // the newest two
    std::map<SeqNo, Record> blocks;
    std::map<MetaKey, Record> meta;
    Bytes journal;  // the write during which the power failed, as far as it got
    bool damaged = false;
  };

  static std::uint64_t sum_of(ByteView bytes);
  void start_sync();
  void finish_sync(std::size_t batches);
  void write(DiskBatch batch);
  void apply(DiskBatch batch);
  void finish_snapshots();
  void apply_checkpoints(const std::vector<SnapshotPtr>& snapshots);
  void replay_journal();
  SnapshotPtr newest_checkpoint() const;
  SeqNo wrong_place(SeqNo right);
  void flip_bit(Bytes& bytes);
  std::uint64_t meta_number(MetaKey key) const;
  Duration draw_latency();

  EventQueue& queue_;
  Prng prng_;
  Synced synced_;
  Failed failed_;
  Content content_;
  std::vector<SnapshotPtr> being_written_;  // beside the log: durable once the next batch is
  std::optional<SeqNo> prune_then_;         // the blocks that go then
  Content snapshot_;
  std::deque<DiskBatch> unsynced_;
  bool syncing_ = false;
  bool slow_ = false;
  bool full_ = false;
  bool fail_next_ = false;
  bool torn_ = false;  // the power fails in the middle of the oldest write
  WriteFault write_fault_ = WriteFault::kNone;
  Failed power_fails_;
  std::uint64_t crashes_ = 0;  // a sync under way when the power fails never reports
};

}  // namespace dnc
