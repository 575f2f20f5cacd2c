#include "io/chain/relay_desk.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/base/wire.hpp"
#include "core/crypto/keccak256.hpp"
#include "io/base/log.hpp"
#include "io/chain/contract_errors.hpp"
#include "io/chain/endpoints.hpp"
#include "io/chain/relayed_call.hpp"

namespace dnc {
namespace {

constexpr Duration kHour{3'600'000};

Time steady_now() {
  return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now().time_since_epoch());
}

// A join may be signed afresh for the same boot: it is the same request. Others are their bytes.
Hash id_of(const RelayedCall& call, const Bytes& calldata) {
  if (!call.join) return keccak256(calldata);
  Writer out;
  out.id(call.join->request.seat);
  out.id(call.join->request.epoch);
  out.fixed(call.join->request.boot_key);
  return keccak256(out.bytes());
}

}  // namespace

struct RelayDesk::Impl : std::enable_shared_from_this<RelayDesk::Impl> {
  Impl(RelayDeskConfig desk_config, ChainPoster& chain_poster, std::function<Time()> clock)
      : config(std::move(desk_config)),
        poster(chain_poster),
        now(clock ? std::move(clock) : steady_now),
        endpoints({config.endpoints, config.domain.chain_id, config.rpc_timeout}),
        checks_left(config.limits.checks_burst),
        checks_at(now()) {}

  struct Entry {
    RelayVerdict verdict;
    bool finished = false;
    Time since{0};
  };
  struct Waiting {
    Hash id;
    RelayedCall call;
    Bytes calldata;
  };

  void run();
  RelayVerdict ask(const RelayedCall& call, const Bytes& calldata);
  std::optional<Error> refuse_join(const RelayedJoin& join) const;
  bool shown(const RelayedCall& call) const;
  std::deque<Time>& spent_on(const RelayedCall& call);
  std::optional<RelayVerdict> over_limit(const RelayedCall& call);
  bool take_check();
  void forget_old();
  Status check(const Bytes& calldata);
  void send(Waiting waiting);
  void finish(const Hash& id, const Result<TxDone>& result);

  const RelayDeskConfig config;
  ChainPoster& poster;
  const std::function<Time()> now;
  Endpoints endpoints;  // desk's thread, abort() excepted

  std::thread thread;
  std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  bool stopping = false;
  std::optional<ChainView> view;
  std::map<Hash, Entry> entries;
  std::deque<Waiting> waiting;
  std::map<Seat, std::deque<Time>> joins;  // paid for in the last hour
  std::deque<Time> others;
  std::size_t checks_left;
  Time checks_at;
};

namespace {

RelayVerdict failed(Error error, Duration retry_after = Duration(1'000)) {
  RelayVerdict verdict;
  verdict.state = RelayVerdict::State::kFailed;
  verdict.error = std::move(error);
  verdict.retry_after = retry_after;
  return verdict;
}

RelayVerdict limited(const std::string& what, Duration retry_after) {
  return failed({"rate_limited", what, "Ask again later, or ask another node."}, retry_after);
}

}  // namespace

RelayVerdict RelayDesk::Impl::ask(const RelayedCall& call, const Bytes& calldata) {
  const Hash id = id_of(call, calldata);
  const std::lock_guard lock(mutex);
  forget_old();
  if (const auto known = entries.find(id); known != entries.end()) return known->second.verdict;
  if (stopping || !view) {
    return failed({"no_chain", "this node has not seen the chain yet", "Ask another node."});
  }
  if (call.join) {
    if (auto error = refuse_join(*call.join)) return failed(*error);
  }
  RelayVerdict verdict;
  verdict.id = id;
  if (shown(call)) {
    verdict.state = RelayVerdict::State::kDone;
    verdict.done = {{}, view->height, true};
    return verdict;
  }
  if (auto limit = over_limit(call)) return *limit;
  entries[id] = {verdict, false, now()};
  waiting.push_back({id, call, calldata});
  wake.notify_all();
  return verdict;
}

// Only a seat's own operator can spend what the seat is granted.
std::optional<Error> RelayDesk::Impl::refuse_join(const RelayedJoin& join) const {
  const ChainSeat* seat = view->find(join.request.seat);
  const auto key = recover(join_digest(config.domain, join.request), join.operator_signature);
  if (seat && key && address_of(*key) == seat->operator_) return std::nullopt;
  return Error{
      "not_operator",
      "the join is not signed by the operator of seat " + std::to_string(join.request.seat.value),
      "Start the node with the key of the seat's operator."};
}

bool RelayDesk::Impl::shown(const RelayedCall& call) const {
  const ChainSeat* seat = call.join ? view->find(call.join->request.seat) : nullptr;
  return seat && seat->active && seat->identity == call.join->identity();
}

std::deque<Time>& RelayDesk::Impl::spent_on(const RelayedCall& call) {
  auto& spent = call.join ? joins[call.join->request.seat] : others;
  while (!spent.empty() && now() - spent.front() >= kHour)
    spent.pop_front();
  return spent;
}

std::optional<RelayVerdict> RelayDesk::Impl::over_limit(const RelayedCall& call) {
  const auto& spent = spent_on(call);
  const std::size_t granted =
      call.join ? config.limits.joins_per_seat_hour : config.limits.others_per_hour;
  if (spent.size() >= granted) {
    return limited(
        "no more than " + std::to_string(granted) + " such calls are paid for in an hour",
        kHour - (now() - spent.front()));
  }
  if (waiting.size() >= config.limits.waiting_max ||
      entries.size() >= config.limits.remembered_max || !take_check()) {
    return limited("too many calls are waiting", Duration(1'000));
  }
  return std::nullopt;
}

bool RelayDesk::Impl::take_check() {
  const auto per_second = static_cast<std::int64_t>(config.limits.checks_per_second);
  const auto fresh = static_cast<std::size_t>((now() - checks_at).count() * per_second / 1'000);
  if (fresh > 0) {
    checks_left = std::min(config.limits.checks_burst, checks_left + fresh);
    checks_at = now();
  }
  if (checks_left == 0) return false;
  --checks_left;
  return true;
}

void RelayDesk::Impl::forget_old() {
  std::erase_if(entries, [this](const auto& item) {
    const Entry& entry = item.second;
    const bool good = entry.verdict.state == RelayVerdict::State::kDone;
    const Duration kept = good ? config.limits.done_kept : config.limits.failed_kept;
    return entry.finished && now() - entry.since >= kept;
  });
}

void RelayDesk::Impl::run() {
  for (;;) {
    Waiting next;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return stopping || !waiting.empty(); });
      if (stopping) return;
      next = std::move(waiting.front());
      waiting.pop_front();
    }
    const Status allowed = check(next.calldata);
    if (allowed) {
      send(std::move(next));
    } else if (already_done(allowed.error())) {
      finish(next.id, TxDone{{}, {}, true});
    } else {
      finish(next.id, allowed.error());
    }
  }
}

// Would the contract take it? Nothing is paid for that it would not.
Status RelayDesk::Impl::check(const Bytes& calldata) {
  const auto client = endpoints.connect();
  if (!client) return client.error();
  const auto answer = (*client)->call({config.domain.contract, calldata, {}});
  if (answer || answer.error().code == "reverted") {
    return answer ? ok_status() : Status(answer.error());
  }
  endpoints.failed();
  return answer.error();
}

void RelayDesk::Impl::send(Waiting next) {
  {
    const std::lock_guard lock(mutex);
    spent_on(next.call).push_back(now());
  }
  log_info("relaying", {{"call", next.call.name}, {"id", next.id}});
  poster.post("relayed " + next.call.name, std::move(next.calldata),
              [weak = weak_from_this(), id = next.id](const Result<TxDone>& result) {
                if (const auto self = weak.lock()) self->finish(id, result);
              });
}

void RelayDesk::Impl::finish(const Hash& id, const Result<TxDone>& result) {
  const std::lock_guard lock(mutex);
  const auto entry = entries.find(id);
  if (entry == entries.end()) return;
  RelayVerdict& verdict = entry->second.verdict;
  verdict.state = result ? RelayVerdict::State::kDone : RelayVerdict::State::kFailed;
  if (result) {
    verdict.done = *result;
  } else {
    verdict.error = result.error();
    if (verdict.error.code == "reverted") {
      verdict.error = {"refused", "the contract refuses: " + result.error().message,
                       "See the errors of the contract in docs/operations.md."};
    }
  }
  entry->second.finished = true;
  entry->second.since = now();
}

RelayDesk::RelayDesk(RelayDeskConfig config, ChainPoster& poster, std::function<Time()> now)
    : impl_(std::make_shared<Impl>(std::move(config), poster, std::move(now))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

RelayDesk::~RelayDesk() {
  stop();
}

void RelayDesk::on_view(const ChainView& view) {
  const std::lock_guard lock(impl_->mutex);
  impl_->view = view;
}

RelayVerdict RelayDesk::ask(const Bytes& calldata) {
  const auto call = read_relayed_call(calldata);
  return call ? impl_->ask(*call, calldata) : failed(call.error());
}

void RelayDesk::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->endpoints.abort();
  if (impl_->thread.joinable()) impl_->thread.join();
}

}  // namespace dnc
