#include "sim/kv_workload.hpp"

#include <memory>

#include "core/base/wire.hpp"
#include "sim/node.hpp"

namespace dnc {
namespace {

constexpr Duration kPatience{6000};  // longer than a node takes to answer at the latest
// Every write whose outcome nobody knows doubles what the checker has to try.
constexpr std::size_t kAbandonedMax = 4;

Bytes idempotency_key(std::uint64_t number) {
  Writer key;
  key.u8('v');  // the counter's clients have others
  key.u64(number);
  return key.take();
}

Bytes command_of(const KvOperation& operation) {
  return operation.kind == KvOperation::Kind::kPut
             ? kv::put(operation.key, as_bytes(operation.value), operation.condition)
             : kv::remove(operation.key, operation.condition);
}

}  // namespace

KvWorkload::KvWorkload(EventQueue& queue, Prng prng, const KvWorkloadOptions& options,
                       std::function<SimNode&(Seat)> node, std::size_t seats)
    : queue_(queue), prng_(prng), options_(options), node_(std::move(node)), seats_(seats) {}

void KvWorkload::start() {
  for (std::size_t client = 0; client < options_.clients; ++client)
    think();
}

void KvWorkload::think() {
  const auto spread = static_cast<std::uint64_t>((options_.think_max - options_.think_min).count());
  queue_.after(options_.think_min + Duration(prng_.below(spread + 1)), [this] { next(); });
}

void KvWorkload::next() {
  if (finishing_) return;
  const std::uint64_t choice = prng_.below(100);
  if (choice < 60) return write();
  if (choice < 85) return read();
  list();
}

// --- Writes -------------------------------------------------------------------------------------

kv::Condition KvWorkload::any_condition(const std::string& key) {
  switch (prng_.below(6)) {
    case 0:
      return {kv::Condition::Kind::kAbsent, 0};
    case 1:
      return {kv::Condition::Kind::kPresent, 0};
    case 2:
    case 3:
      return {kv::Condition::Kind::kVersion, seen_[key]};
    default:
      return {};
  }
}

void KvWorkload::write() {
  KvOperation operation;
  operation.kind = prng_.chance(200) ? KvOperation::Kind::kRemove : KvOperation::Kind::kPut;
  operation.key = any_key();
  operation.value = "value " + std::to_string(history_.operations.size());
  operation.condition = any_condition(operation.key);
  operation.invoked = queue_.now();
  const std::size_t index = history_.operations.size();
  const Bytes key = idempotency_key(index);
  asked_.insert(key);
  history_.operations.push_back(operation);
  send_write(index, {key, command_of(operation)});
}

void KvWorkload::send_write(std::size_t index, const Operation& operation) {
  queue_.after(hop(), [this, index, operation, to = any_seat()] {
    node_(to).write(operation, [this, index, operation](const WriteReply* reply) {
      on_written(index, operation, reply);
    });
  });
}

void KvWorkload::on_written(std::size_t index, const Operation& operation,
                            const WriteReply* reply) {
  const bool good = reply != nullptr && reply->error.empty();
  if (!good) {
    if (abandoned_ < kAbandonedMax && prng_.chance(100)) {
      ++abandoned_;
      return think();
    }
    queue_.after(Duration(50 + prng_.below(400)),
                 [this, index, operation] { send_write(index, operation); });
    return;
  }
  queue_.after(hop(), [this, index, result = reply->result] {
    KvOperation& record = history_.operations[index];
    const auto answer = kv::decode_write(result);
    record.returned = queue_.now();
    record.outcome = answer ? answer->outcome : kv::Outcome::kMalformed;
    record.version = answer ? answer->version : 0;
    if (record.version != 0) seen_[record.key] = record.version;
    think();
  });
}

// --- Reads --------------------------------------------------------------------------------------

// An answer that takes too long is forgotten by its client, which goes on.
void KvWorkload::ask(Bytes query, std::function<void(const ReadReply&)> answered) {
  auto over = std::make_shared<bool>(false);
  queue_.after(kPatience, [this, over] {
    if (!std::exchange(*over, true)) think();
  });
  queue_.after(hop(), [this, over, to = any_seat(), query = std::move(query),
                       answered = std::move(answered)] {
    node_(to).read(query, true, [this, over, answered](const ReadReply* reply) {
      const bool good = reply != nullptr && reply->error.empty();
      const ReadReply answer = good ? *reply : ReadReply{};
      queue_.after(hop(), [this, over, answered, good, answer] {
        if (std::exchange(*over, true)) return;
        think();
        if (good) answered(answer);
      });
    });
  });
}

void KvWorkload::read() {
  const std::string key = any_key();
  ask(kv::get(key), [this, key, invoked = queue_.now()](const ReadReply& reply) {
    const auto answer = kv::decode_get(reply.result);
    KvOperation record;
    record.key = key;
    record.invoked = invoked;
    record.returned = queue_.now();
    record.outcome = answer ? answer->outcome : kv::Outcome::kMalformed;
    if (answer && answer->outcome == kv::Outcome::kOk) {
      record.value = as_text(answer->value);
      record.version = seen_[key] = answer->version;
    }
    history_.operations.push_back(std::move(record));
  });
}

void KvWorkload::list() {
  KvRange range;
  range.prefix = prng_.chance(500) ? "k" : "";
  if (prng_.chance(300)) range.after = any_key();
  range.invoked = queue_.now();
  const std::size_t entries_max = 1 + prng_.below(options_.keys);
  ask(kv::list(range.prefix, range.after, entries_max), [this, range](const ReadReply& reply) {
    KvRange record = range;
    record.returned = queue_.now();
    auto page = kv::decode_list(reply.result);
    if (page) record.entries = std::move(page->entries);
    record.more = page && page->more;
    history_.ranges.push_back(std::move(record));
  });
}

}  // namespace dnc
