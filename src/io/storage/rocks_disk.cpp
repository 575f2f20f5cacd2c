#include "io/storage/rocks_disk.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "io/base/log.hpp"
#include "io/storage/block_record.hpp"
#include "io/storage/data_directory.hpp"
#include "io/storage/snapshot_files.hpp"

namespace dnc {
namespace {

using DbHandle = std::unique_ptr<rocksdb::DB>;

// The database is read once, at boot; afterwards it only takes writes. So: small caches, no
// compression, and few log files, since a batch is durable by the write-ahead log alone.
rocksdb::Options db_options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = rocksdb::NewLRUCache(4u << 20);
  table.block_size = 32u << 10;
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.create_if_missing = true;
  options.paranoid_checks = true;
  // The process may have died in the middle of a write that nobody was told of.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.track_and_verify_wals_in_manifest = true;
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = 8u << 20;
  options.max_write_buffer_number = 2;
  options.max_total_wal_size = 32u << 20;
  options.max_open_files = 64;
  options.max_background_jobs = 2;
  options.max_log_file_size = 1u << 20;
  options.keep_log_file_num = 2;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::Status open_db(const std::filesystem::path& path, DbHandle& db) {
  rocksdb::DB* opened = nullptr;
  const auto status = rocksdb::DB::Open(db_options(), path.string(), &opened);
  db.reset(opened);
  return status;
}

rocksdb::WriteOptions synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

// Damage is what a new database in its place would cure. No space, no permission, no file
// descriptors left is not.
bool is_damage(const rocksdb::Status& status) {
  if (status.IsCorruption() || status.IsNotFound() || status.IsInvalidArgument() ||
      status.IsNotSupported() || status.IsIncomplete()) {
    return true;
  }
  return status.IsPathNotFound() ||
         (status.IsIOError() && status.ToString().find("No such file") != std::string::npos);
}

Error unusable(const std::filesystem::path& path, const std::string& why) {
  return {"data_dir_unusable", path.string() + ": " + why,
          "Check that the data directory is writable and has free space."};
}

rocksdb::Slice slice(const std::string& text) {
  return {text};
}

std::size_t size_of(const DiskBatch& batch) {
  std::size_t bytes = sizeof(DiskBatch);
  for (const auto& [seq, block] : batch.blocks)
    bytes += block.size();
  for (const auto& [key, value] : batch.meta)
    bytes += value.size();
  for (const auto& snapshot : batch.snapshots)
    bytes += snapshot->bytes();
  return bytes;
}

void put_sealed(rocksdb::WriteBatch& out, const std::string& key, ByteView payload) {
  out.Put(key, record::seal(key, payload));
}

void put_number(rocksdb::WriteBatch& out, const std::string& key, std::uint64_t value) {
  Writer bytes;
  bytes.u64(value);
  put_sealed(out, key, bytes.bytes());
}

void delete_blocks_after(rocksdb::WriteBatch& out, SeqNo seq) {
  out.DeleteRange(record::block_key(seq.next()), std::string(record::kBlocksEnd));
}

void delete_blocks_upto(rocksdb::WriteBatch& out, SeqNo seq) {
  out.DeleteRange(std::string(record::kBlocksBegin), record::block_key(seq.next()));
}

// Gives the space of pruned blocks back at once, as far as whole files hold nothing else. What is
// left goes with compaction.
void drop_files_upto(rocksdb::DB& db, SeqNo seq) {
  const std::string end_key = record::block_key(seq);
  const rocksdb::Slice begin(record::kBlocksBegin.data(), record::kBlocksBegin.size());
  const rocksdb::Slice end(end_key);
  const auto dropped =
      rocksdb::DeleteFilesInRange(&db, db.DefaultColumnFamily(), &begin, &end, true);
  if (!dropped.ok()) log_warn("disk_space_kept", {{"reason", dropped.ToString()}});
}

void append_batch(rocksdb::WriteBatch& out, const DiskBatch& batch) {
  if (batch.truncate_after) delete_blocks_after(out, *batch.truncate_after);
  for (const auto& [seq, block] : batch.blocks)
    put_sealed(out, record::block_key(seq), block);
  for (const auto& [key, value] : batch.meta) {
    put_sealed(out, record::meta_key(key), value);
    // Whoever is admitted to a generation holds the whole log; until then a reboot must not hide
    // that something was lost.
    if (key == MetaKey::kGeneration) out.Delete(std::string(record::kDamagedKey));
  }
}

// What recover() reads, and what was wrong with it.
struct Scan {
  Recovered recovered;
  rocksdb::Status status;  // of reading; the rest is void when it is not ok
  std::string damage;      // the first thing that did not check out; empty: nothing
  bool cut = false;        // blocks behind the good ones must go
  bool replaced = false;   // because a snapshot took their place: nothing is lost
  SeqNo end;               // of the good ones
  bool marked = false;     // damage of an earlier boot, not yet made good

  void note(std::string what) {
    if (damage.empty()) damage = std::move(what);
  }
};

// The block as it may follow `end` in a log, or empty.
std::optional<Block> checked_block(const rocksdb::Slice& key, const rocksdb::Slice& value,
                                   const LogHead& end) {
  const auto payload = record::unseal(key.ToStringView(), value.ToStringView());
  if (!payload) return std::nullopt;
  auto block = decode_block(*payload);
  if (!block) return std::nullopt;
  const BlockHeader& header = block->header;
  const SeqNo seq = end.seq.next();
  const bool follows = record::seq_of(key.ToStringView()) == seq && header.seq == seq &&
                       header.prev_hash == end.hash && header.term >= end.term;
  if (!follows || header.ops_root != ops_root(block->body)) return std::nullopt;
  return block;
}

// A good block that follows another one than the snapshot's: a crash came between a snapshot from
// others and the end of the log that it replaces.
bool is_replaced(const rocksdb::Slice& key, const rocksdb::Slice& value, const LogHead& base) {
  const auto payload = record::unseal(key.ToStringView(), value.ToStringView());
  const auto block = payload ? decode_block(*payload) : std::nullopt;
  return base.seq.value > 0 && block && block->header.seq == base.seq.next() &&
         block->header.prev_hash != base.hash;
}

// The blocks after the snapshot, or from the first on where there is none.
void scan_blocks(rocksdb::DB& db, Scan& scan) {
  LogHead end;
  if (scan.recovered.snapshot) end = head_of(scan.recovered.snapshot->checkpoint);
  const LogHead base = end;
  const std::string begin = record::block_key(end.seq.next());
  const rocksdb::Slice last(record::kBlocksEnd.data(), record::kBlocksEnd.size());
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.iterate_upper_bound = &last;
  const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator(options));
  // Reads to the end even behind a bad block: the database's own checks see everything that way.
  for (it->Seek(begin); it->Valid(); it->Next()) {
    if (scan.cut) continue;
    auto block = checked_block(it->key(), it->value(), end);
    if (block) {
      end = head_of(block->header);
      scan.recovered.blocks.push_back(std::move(*block));
      continue;
    }
    scan.cut = true;
    scan.replaced = end == base && is_replaced(it->key(), it->value(), base);
    if (!scan.replaced) scan.note("no good block at seq " + std::to_string(end.seq.value + 1));
  }
  scan.end = end.seq;
  scan.status = it->status();
}

// The payload under `key`; empty when there is none or it is bad.
std::optional<Bytes> read_payload(rocksdb::DB& db, const std::string& key, Scan& scan) {
  std::string value;
  const auto status = db.Get({}, slice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) {
    scan.status = status;
    return std::nullopt;
  }
  const auto payload = record::unseal(key, value);
  if (payload) return Bytes(payload->begin(), payload->end());
  scan.note("bad checksum under key " + to_hex(as_bytes(key)));
  return std::nullopt;
}

std::uint64_t read_number(rocksdb::DB& db, const std::string& key, Scan& scan) {
  const auto payload = read_payload(db, key, scan);
  return payload ? Reader(*payload).u64() : 0;
}

void scan_meta(rocksdb::DB& db, Scan& scan) {
  Recovered& recovered = scan.recovered;
  recovered.promised = {read_number(db, record::meta_key(MetaKey::kPromisedTerm), scan)};
  recovered.commit_seq = {read_number(db, record::meta_key(MetaKey::kCommit), scan)};
  recovered.generation = {read_number(db, record::meta_key(MetaKey::kGeneration), scan)};
  const auto certificate = read_payload(db, record::meta_key(MetaKey::kTermCertificate), scan);
  // An empty value says that a generation record is the certificate.
  if (certificate && !certificate->empty()) {
    recovered.certificate = decode_new_term(*certificate);
    if (!recovered.certificate) scan.note("unreadable term certificate");
  }
  if (const auto proofs = read_payload(db, record::meta_key(MetaKey::kContradictions), scan)) {
    auto contradictions = decode_contradictions(*proofs);
    if (!contradictions) scan.note("unreadable contradictions");
    if (contradictions) recovered.contradictions = std::move(*contradictions);
  }
  if (recovered.commit_seq > scan.end) {
    scan.note("committed up to " + std::to_string(recovered.commit_seq.value) +
              " but the log ends at " + std::to_string(scan.end.value));
    recovered.commit_seq = scan.end;
  }
  scan.marked = read_payload(db, std::string(record::kDamagedKey), scan).has_value();
}

}  // namespace

struct RocksDisk::Impl {
  Impl(DataDirectory data_directory, RocksDiskConfig disk_config)
      : directory(std::move(data_directory)),
        snapshots(directory.snapshots()),
        config(std::move(disk_config)) {}

  Status open();
  // Puts a fresh database, marked as damaged, in the place of one that cannot be read.
  Status replace_database(const std::string& reason);
  Scan scan();
  Status repair(const Scan& scan);
  void run();
  void commit(const std::deque<DiskBatch>& group);
  void write_snapshots(const DiskBatch& batch);
  std::optional<SeqNo> settle_snapshots(bool wait);
  [[noreturn]] void fail(const std::string& reason);

  DataDirectory directory;
  SnapshotFiles snapshots;
  const RocksDiskConfig config;
  DbHandle db;
  std::uint64_t groups = 0;  // written so far, over all boots; disk thread
  bool recovered = false;

  OnSynced on_synced;
  std::thread thread;
  std::mutex mutex;  // guards what follows
  std::condition_variable work;
  std::condition_variable room;
  std::deque<DiskBatch> queue;
  std::size_t queued_bytes = 0;
  std::uint64_t last_id = 0;
  bool closing = false;

  // Disk thread.
  std::future<void> writing;        // snapshots that are not durable yet
  std::optional<SeqNo> prune_then;  // the blocks that go once they are
};

Status RocksDisk::Impl::open() {
  if (directory.unclaimed()) return replace_database("blocks of an unknown deployment");
  const auto status = open_db(directory.blocks(), db);
  if (status.ok()) return ok_status();
  if (!is_damage(status)) return unusable(directory.blocks(), status.ToString());
  return replace_database(status.ToString());
}

Status RocksDisk::Impl::replace_database(const std::string& reason) {
  db.reset();
  if (const auto removed = snapshots.remove_all(); !removed) {
    return unusable(directory.snapshots(), removed.error().message);
  }
  DbHandle fresh;
  auto status = open_db(directory.fresh_blocks(), fresh);
  if (status.ok()) {
    rocksdb::WriteBatch mark;
    put_sealed(mark, std::string(record::kDamagedKey), as_bytes(reason));
    status = fresh->Write(synced(), &mark);
  }
  fresh.reset();
  if (!status.ok()) return unusable(directory.fresh_blocks(), status.ToString());
  const auto aside = directory.swap_in_fresh();
  if (!aside) return aside.error();
  log_warn("disk_damaged", {{"reason", reason}, {"moved_to", aside->string()}});
  status = open_db(directory.blocks(), db);
  return status.ok() ? ok_status() : Status(unusable(directory.blocks(), status.ToString()));
}

Scan RocksDisk::Impl::scan() {
  Scan scan;
  auto found = snapshots.find();
  for (const auto& name : found.damaged)
    log_warn("snapshot_damaged", {{"file", name}});
  scan.recovered.snapshot = std::move(found.newest);
  scan_blocks(*db, scan);
  if (scan.status.ok()) scan_meta(*db, scan);
  if (scan.status.ok()) groups = read_number(*db, std::string(record::kGroupsKey), scan);
  const auto hint = directory.synced_groups();
  if (!hint) scan.note("unreadable SYNCED");
  if (hint.value_or(0) > groups) {
    scan.note("synced " + std::to_string(*hint) + " groups but holds " + std::to_string(groups));
    groups = *hint;
  }
  return scan;
}

Status RocksDisk::Impl::repair(const Scan& scan) {
  const std::string reason = scan.damage.empty() ? "a snapshot took their place" : scan.damage;
  log_warn("disk_cut", {{"reason", reason}, {"blocks_kept", scan.recovered.blocks.size()}});
  rocksdb::WriteBatch batch;
  if (scan.cut) delete_blocks_after(batch, scan.end);
  if (!scan.damage.empty()) {
    put_sealed(batch, std::string(record::kDamagedKey), as_bytes(scan.damage));
  }
  put_number(batch, std::string(record::kGroupsKey), ++groups);
  const auto status = db->Write(synced(), &batch);
  if (!status.ok()) return unusable(directory.blocks(), status.ToString());
  directory.note_synced(groups);
  return ok_status();
}

void RocksDisk::Impl::commit(const std::deque<DiskBatch>& group) {
  rocksdb::WriteBatch out;
  std::optional<SeqNo> pruned = settle_snapshots(false);
  for (const auto& batch : group) {
    if (!batch.snapshots.empty()) {
      if (const auto before = settle_snapshots(true)) pruned = before;
      write_snapshots(batch);
      // What takes the place of the log is durable before it.
      if (batch.truncate_after) pruned = settle_snapshots(true);
    }
    append_batch(out, batch);
  }
  if (pruned) delete_blocks_upto(out, *pruned);
  put_number(out, std::string(record::kGroupsKey), ++groups);
  const auto status = db->Write(synced(), &out);
  if (!status.ok()) fail(status.ToString());
  directory.note_synced(groups);
  if (pruned) drop_files_upto(*db, *pruned);
}

// Beside the log, which need not wait for it: until the state at a checkpoint is durable, the
// states and blocks of before serve.
void RocksDisk::Impl::write_snapshots(const DiskBatch& batch) {
  prune_then = batch.prune_upto;
  writing = std::async(std::launch::async, [this, taken = batch.snapshots] {
    for (const auto& snapshot : taken) {
      if (const auto written = snapshots.write(*snapshot); !written) fail(written.error().message);
    }
  });
}

// Once the snapshots are durable: the blocks that go for them, if any do.
std::optional<SeqNo> RocksDisk::Impl::settle_snapshots(bool wait) {
  if (!writing.valid()) return std::nullopt;
  const bool durable = writing.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  if (!durable && !wait) return std::nullopt;
  writing.get();
  return std::exchange(prune_then, std::nullopt);
}

void RocksDisk::Impl::fail(const std::string& reason) {
  log_error("disk_failed", {{"reason", reason},
                            {"directory", directory.blocks().string()},
                            {"hint", "free space or replace the disk, then start the node"}});
  std::abort();
}

void RocksDisk::Impl::run() {
  for (;;) {
    std::deque<DiskBatch> group;
    {
      std::unique_lock lock(mutex);
      work.wait(lock, [this] { return closing || !queue.empty(); });
      if (queue.empty()) break;
      group.swap(queue);
      queued_bytes = 0;
    }
    room.notify_all();
    if (config.before_group) config.before_group(group.size());
    commit(group);
    on_synced(group.back().id);
  }
  if (!writing.valid()) return;
  writing.wait();
  commit({});  // prunes
}

RocksDisk::RocksDisk(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

RocksDisk::~RocksDisk() {
  close();
}

Result<std::unique_ptr<RocksDisk>> RocksDisk::open(const std::string& directory,
                                                   const WorldId& world, RocksDiskConfig config) {
  auto held = DataDirectory::open(directory, world);
  if (!held) return held.error();
  auto impl = std::make_unique<Impl>(std::move(*held), std::move(config));
  if (const auto opened = impl->open(); !opened) return opened.error();
  return std::unique_ptr<RocksDisk>(new RocksDisk(std::move(impl)));
}

Result<Recovered> RocksDisk::recover() {
  CHECK(!impl_->thread.joinable());
  Scan scan = impl_->scan();
  if (!scan.status.ok()) {
    if (!is_damage(scan.status)) {
      return unusable(impl_->directory.blocks(), scan.status.ToString());
    }
    const auto replaced = impl_->replace_database(scan.status.ToString());
    if (!replaced) return replaced.error();
    scan = impl_->scan();
    if (!scan.status.ok()) return unusable(impl_->directory.blocks(), scan.status.ToString());
  }
  if (!scan.damage.empty() || scan.cut) {
    if (const auto repaired = impl_->repair(scan); !repaired) return repaired.error();
  }
  scan.recovered.damaged = scan.marked || !scan.damage.empty();
  impl_->recovered = true;
  return std::move(scan.recovered);
}

void RocksDisk::start(OnSynced on_synced) {
  CHECK(impl_->recovered && !impl_->thread.joinable() && !impl_->closing);
  impl_->on_synced = std::move(on_synced);
  impl_->thread = std::thread([this] { impl_->run(); });
}

void RocksDisk::write(DiskBatch batch) {
  const std::size_t bytes = size_of(batch);
  {
    std::unique_lock lock(impl_->mutex);
    impl_->room.wait(lock, [&] {
      return impl_->queue.empty() || impl_->queued_bytes + bytes <= impl_->config.queue_bytes_max;
    });
    CHECK(!impl_->closing && batch.id > impl_->last_id);
    impl_->last_id = batch.id;
    impl_->queued_bytes += bytes;
    impl_->queue.push_back(std::move(batch));
  }
  impl_->work.notify_one();
}

void RocksDisk::close() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->closing = true;
  }
  impl_->work.notify_one();
  if (impl_->thread.joinable()) impl_->thread.join();
  impl_->db.reset();
}

}  // namespace dnc
