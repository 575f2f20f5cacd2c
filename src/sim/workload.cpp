#include "sim/workload.hpp"

#include "core/base/wire.hpp"
#include "sim/node.hpp"

namespace dnc {
namespace {

constexpr Duration kAttemptTimeout{6000};  // longer than a node takes to answer at the latest

Operation operation_of(const WriteRecord& record) {
  return {record.key, Counter::increment(record.by)};
}

}  // namespace

Workload::Workload(EventQueue& queue, Prng prng, const WorkloadOptions& options,
                   std::function<SimNode&(Seat)> node, std::size_t seats,
                   Acknowledged on_acknowledged)
    : queue_(queue),
      prng_(prng),
      options_(options),
      node_(std::move(node)),
      seats_(seats),
      on_acknowledged_(std::move(on_acknowledged)) {}

void Workload::start() {
  for (std::size_t client = 0; client < options_.clients; ++client)
    think();
}

void Workload::think() {
  const auto spread = static_cast<std::uint64_t>((options_.think_max - options_.think_min).count());
  queue_.after(options_.think_min + Duration(prng_.below(spread + 1)), [this] { next(); });
}

void Workload::next() {
  if (finishing_) return;
  if (!prng_.chance(options_.write_per_mille)) {
    return attempt_read(prng_.chance(options_.linearizable_per_mille));
  }
  const std::size_t index = new_write(1 + prng_.below(9));
  by_client_[index] = true;
  attempt_write(index, std::nullopt);
}

std::size_t Workload::write(std::uint64_t by, Seat first) {
  const std::size_t index = new_write(by);
  attempt_write(index, first);
  return index;
}

std::size_t Workload::new_write(std::uint64_t by) {
  const std::size_t index = history_.writes.size();
  WriteRecord record;
  record.key = Bytes{'k'};
  Writer number;
  number.u64(index);
  record.key.insert(record.key.end(), number.bytes().begin(), number.bytes().end());
  record.by = by;
  record.invoked = queue_.now();
  history_.by_key[record.key] = index;
  history_.writes.push_back(std::move(record));
  attempts_.push_back(0);
  by_client_.push_back(false);
  ++pending_;
  return index;
}

void Workload::attempt_write(std::size_t index, std::optional<Seat> at) {
  const std::uint64_t attempt = ++attempts_[index];
  send_write(index, at ? *at : any_seat(), attempt);
  if (prng_.chance(options_.storm_per_mille)) {
    send_write(index, any_seat(), attempt);
    send_write(index, any_seat(), attempt);
  }
  queue_.after(kAttemptTimeout, [this, index, attempt] { retry(index, attempt); });
}

void Workload::send_write(std::size_t index, Seat to, std::uint64_t attempt) {
  queue_.after(hop(), [this, index, to, attempt] {
    node_(to).write(operation_of(history_.writes[index]),
                    [this, index, attempt](const WriteReply* reply) {
                      if (reply != nullptr) return on_write_reply(index, attempt, *reply);
                      queue_.after(Duration(50 + prng_.below(400)),
                                   [this, index, attempt] { retry(index, attempt); });
                    });
  });
}

void Workload::retry(std::size_t index, std::uint64_t attempt) {
  // Only once per attempt, and not when it has succeeded meanwhile.
  if (history_.writes[index].acknowledged || attempts_[index] != attempt) return;
  attempt_write(index, std::nullopt);
}

void Workload::on_write_reply(std::size_t index, std::uint64_t attempt, const WriteReply& reply) {
  if (!reply.error.empty()) {
    queue_.after(Duration(50 + prng_.below(400)),
                 [this, index, attempt] { retry(index, attempt); });
    return;
  }
  on_acknowledged_(history_.writes[index], reply);
  queue_.after(hop(), [this, index, reply] {
    WriteRecord& record = history_.writes[index];
    ++record.successes;
    if (record.acknowledged) return;
    record.acknowledged = queue_.now();
    record.value = Counter::decode_value(reply.result).value_or(0);
    record.seq = reply.seq;
    record.term = reply.term;
    --pending_;
    if (by_client_[index]) think();
  });
}

void Workload::attempt_read(bool linearizable) {
  const Time invoked = queue_.now();
  // An answer that takes too long is forgotten by its client, which goes on.
  auto over = std::make_shared<bool>(false);
  queue_.after(kAttemptTimeout, [this, over] {
    if (!std::exchange(*over, true)) think();
  });
  queue_.after(hop(), [this, invoked, linearizable, over, to = any_seat()] {
    node_(to).read(
        Counter::read(), linearizable, [this, invoked, linearizable, over](const ReadReply* reply) {
          const bool good = reply != nullptr && reply->error.empty();
          const ReadReply answer = good ? *reply : ReadReply{};
          queue_.after(hop(), [this, invoked, linearizable, over, good, answer] {
            if (std::exchange(*over, true)) return;
            think();
            if (!good) return;
            const auto value = Counter::decode_value(answer.result);
            history_.reads.push_back(
                {invoked, queue_.now(), linearizable, value.value_or(UINT64_MAX), answer.seq});
          });
        });
  });
}

}  // namespace dnc
