// The disk of one seat: batches become durable in order, in groups, after a while. What was not
// synced when the power fails survives as a random prefix. It stores bytes and gives them back
// decoded, so what a boot recovers has gone through the real encoding.
#pragma once

#include <deque>
#include <functional>
#include <map>

#include "core/base/prng.hpp"
#include "core/consensus/effects.hpp"
#include "core/consensus/replica.hpp"
#include "sim/event_queue.hpp"

namespace dnc {

class SimDisk {
 public:
  using Synced = std::function<void(std::uint64_t batch)>;

  SimDisk(EventQueue& queue, Prng prng) : queue_(queue), prng_(prng) {}

  // Syncs are told to `synced` until the next crash.
  void attach(Synced synced) { synced_ = std::move(synced); }
  void persist(const DiskBatch& batch);
  // The process or the machine dies: a random prefix of what was not synced survives.
  void crash();

  void set_slow(bool slow) { slow_ = slow; }
  // A new disk: nothing on it.
  void wipe();
  // The end of the log is unreadable and the disk knows it (checksums). Requires: crashed.
  void damage();
  // Remembers the present content, and goes back to it: a restored snapshot of the machine.
  void snapshot() { snapshot_ = content_; }
  void roll_back() { content_ = snapshot_; }

  // What a boot finds. Cuts off what cannot be read, and remembers that something was lost.
  Recovered recover();
  bool blank() const { return content_.blocks.empty(); }
  // The generation that this disk says its log belongs to.
  Generation generation() const;
  // Is exactly this block durable here?
  bool holds(SeqNo seq, const Bytes& block) const;

 private:
  struct Content {
    std::map<SeqNo, Bytes> blocks;
    std::map<MetaKey, Bytes> meta;
    bool damaged = false;
  };

  void start_sync();
  void finish_sync(std::size_t batches);
  void write(const DiskBatch& batch);
  Duration draw_latency();

  EventQueue& queue_;
  Prng prng_;
  Synced synced_;
  Content content_;
  Content snapshot_;
  std::deque<DiskBatch> unsynced_;
  bool syncing_ = false;
  bool slow_ = false;
  std::uint64_t crashes_ = 0;  // a sync under way when the power fails never reports
};

}  // namespace dnc
