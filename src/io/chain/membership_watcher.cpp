#include "io/chain/membership_watcher.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "io/base/log.hpp"

namespace dnc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kHeadsRemembered = 64;  // a deeper re-org is reported as this deep

Duration since(Clock::time_point then) {
  return std::chrono::duration_cast<Duration>(Clock::now() - then);
}

}  // namespace

struct MembershipWatcher::Impl {
  Impl(WatcherConfig watcher_config, OnView callback)
      : config(std::move(watcher_config)), on_view(std::move(callback)), agreement(config.chain) {}

  void run();
  Status poll();
  // What the new head means for the heads that we saw: forgets those that are gone. False: the
  // answer is older than what we saw, and still of the same chain.
  Result<bool> follow(ChainClient& client, const BlockHead& head);
  void hand_over(const BlockHead& head, ChainView view);
  void note(const Status& polled);
  void wait(Duration delay);

  const WatcherConfig config;
  const OnView on_view;
  Agreement agreement;
  std::deque<BlockHead> seen;     // heads of views handed over, ascending; watcher's thread
  std::optional<Hash> delivered;  // block of the last view; watcher's thread
  bool first_poll = true;

  std::thread thread;
  mutable std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  bool stopping = false;
  bool hurry = false;
  WatcherStatus status;
  Clock::time_point last_seen = Clock::now();
};

void MembershipWatcher::Impl::run() {
  Duration backoff = config.backoff_min;
  for (;;) {
    const Status polled = poll();
    {
      const std::lock_guard lock(mutex);
      if (stopping) return;  // an error now is our own abort
    }
    note(polled);
    wait(polled ? config.poll_interval : backoff);
    backoff = polled ? config.backoff_min : std::min(2 * backoff, config.backoff_max);
  }
}

Status MembershipWatcher::Impl::poll() {
  const auto head = agreement.head();
  if (!head) return head.error();
  if (delivered == head->hash) return ok_status();
  const auto newer = follow(agreement.client(), *head);
  if (!newer) return newer.error();
  if (!*newer) return ok_status();
  auto view = agreement.view(*head);
  // A block that vanished while it was read is no fault of the endpoint: there is a newer head.
  if (!view) return view.error().code == "block_gone" ? ok_status() : Status(view.error());
  hand_over(*head, std::move(*view));
  return ok_status();
}

Result<bool> MembershipWatcher::Impl::follow(ChainClient& client, const BlockHead& head) {
  if (seen.empty() || head.parent_hash == seen.back().hash) return true;
  if (head.hash == seen.back().hash) return true;  // fell back to it, but could not read it yet
  std::vector<BlockNumber> numbers;
  for (const auto& block : seen)
    numbers.push_back(block.number);
  const auto now = client.blocks(numbers);
  if (!now) return now.error();
  const auto stands = [&](std::size_t i) { return (*now)[i] && (*now)[i]->hash == seen[i].hash; };
  if (stands(seen.size() - 1)) return head.number > seen.back().number;
  const std::uint64_t before = seen.back().number.value;
  std::uint64_t common = seen.front().number.value - 1;
  for (std::size_t i = seen.size(); i-- > 0;) {
    if (stands(i)) {
      common = seen[i].number.value;
      break;
    }
    seen.pop_back();
  }
  log_warn("chain_reorg",
           {{"depth", before - common}, {"height", before}, {"new_height", head.number}});
  const std::lock_guard lock(mutex);
  ++status.reorgs;
  return true;
}

void MembershipWatcher::Impl::hand_over(const BlockHead& head, ChainView view) {
  // After a re-org that was noticed but could not be read at once, what lies above is gone too.
  while (!seen.empty() && seen.back().number >= head.number)
    seen.pop_back();
  seen.push_back(head);
  delivered = head.hash;
  if (seen.size() > kHeadsRemembered) seen.pop_front();
  {
    const std::lock_guard lock(mutex);
    if (stopping) return;
    status.head = head.number;
    status.head_hash = head.hash;
    ++status.views;
  }
  on_view(view);
}

void MembershipWatcher::Impl::note(const Status& polled) {
  const std::string label = agreement.label();
  bool changed = first_poll;
  first_poll = false;
  {
    const std::lock_guard lock(mutex);
    const Error error = polled ? Error{} : polled.error();
    changed = changed || status.reachable != polled.ok() || status.error.code != error.code ||
              (polled && status.endpoint != label);
    status.reachable = polled.ok();
    status.endpoint = label;
    status.error = error;
    if (polled) last_seen = Clock::now();
  }
  if (!changed) return;
  if (polled) {
    log_info("chain_reachable", {{"endpoint", label}});
  } else {
    log_failure("chain_unreachable", polled.error());
  }
}

void MembershipWatcher::Impl::wait(Duration delay) {
  std::unique_lock lock(mutex);
  wake.wait_for(lock, delay, [this] { return stopping || hurry; });
  hurry = false;
}

MembershipWatcher::MembershipWatcher(WatcherConfig config, OnView on_view)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(on_view))) {}

MembershipWatcher::~MembershipWatcher() {
  stop();
}

void MembershipWatcher::start() {
  CHECK(!impl_->thread.joinable() && !impl_->stopping);
  impl_->thread = std::thread([this] { impl_->run(); });
}

void MembershipWatcher::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->agreement.abort();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void MembershipWatcher::poll_soon() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->hurry = true;
  }
  impl_->wake.notify_all();
}

WatcherStatus MembershipWatcher::status() const {
  const std::lock_guard lock(impl_->mutex);
  WatcherStatus status = impl_->status;
  status.since_seen = since(impl_->last_seen);
  return status;
}

}  // namespace dnc
