#include "io/chain/tx_sender.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "core/eth/transaction.hpp"
#include "io/base/log.hpp"
#include "io/chain/contract_errors.hpp"
#include "io/chain/endpoints.hpp"

namespace dnc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kPriorityFeeFallback = 1'000'000'000;  // wei, where the node names none
constexpr std::uint64_t kNonceResyncsMax = 5;                  // per transaction
constexpr Duration kBackoffMin{100};

struct Job {
  std::string description;
  Bytes calldata;
  OnTxDone on_done;
  Clock::time_point deadline;
};

// How far a job has come.
struct Attempt {
  std::vector<Hash> hashes;  // of all that was ever sent for it
  Bytes raw;                 // the newest; empty: to be made anew
  bool accepted = false;     // a node has taken `raw`
  std::optional<std::uint64_t> nonce;
  U256 max_fee;
  U256 priority_fee;
  Clock::time_point sent_at{};
  unsigned replacements = 0;
  unsigned resyncs = 0;
};

// What one step brought: a verdict, a reason to try again later, or neither (goes on waiting).
struct Step {
  std::optional<Result<TxDone>> verdict;
  std::optional<Error> trouble;

  static Step wait() { return {}; }
  static Step done(Result<TxDone> result) { return {std::move(result), {}}; }
  static Step retry(Error error) { return {{}, std::move(error)}; }
};

Error refused(const std::string& reason) {
  return {"refused", "the contract refuses: " + reason, ""};
}

Step judge_refusal(const Error& error) {
  if (error.code != "reverted") return Step::retry(error);
  if (already_done(error)) return Step::done(TxDone{{}, {}, true});
  return Step::done(refused(error.message));
}

bool says(const Error& error, std::string_view words) {
  return error.message.find(words) != std::string::npos;
}

// A replacement must pay at least a tenth more; a quarter is safe everywhere.
U256 raised(const U256& fee) {
  const auto more = fee.plus(fee.divided_by(4));
  return more ? more->plus(1).value_or(fee) : fee;
}

}  // namespace

struct TxSender::Impl {
  Impl(TxSenderConfig sender_config, PrivateKey key)
      : config(std::move(sender_config)),
        gas_key(std::move(key)),
        endpoints({config.endpoints, config.chain_id, config.rpc_timeout}) {}

  void run();
  Result<TxDone> send(const Job& job);
  Step advance(const Job& job, Attempt& attempt);
  Step look_for_receipt(ChainClient& client, const Job& job, Attempt& attempt);
  Step submit(ChainClient& client, const Job& job, Attempt& attempt);
  Step hand_in(ChainClient& client, Attempt& attempt);
  std::optional<Error> choose_nonce(ChainClient& client, Attempt& attempt);
  std::optional<Error> choose_fees(ChainClient& client, Attempt& attempt);
  ContractCall call_of(const Job& job) const {
    return {config.contract, job.calldata, gas_key.address()};
  }
  Error no_gas_money() const;
  void finish(const Job& job, const Result<TxDone>& result);
  bool wait(Duration delay);  // false: stopping

  const TxSenderConfig config;
  const PrivateKey gas_key;
  Endpoints endpoints;

  std::thread thread;
  mutable std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  std::deque<Job> queue;
  bool stopping = false;
  TxSenderStatus status;
};

void TxSender::Impl::run() {
  for (;;) {
    std::optional<Job> job;
    bool stopped = false;
    {
      std::unique_lock lock(mutex);
      wake.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      job = std::move(queue.front());
      queue.pop_front();
      stopped = stopping;
    }
    finish(*job, stopped ? Error{"stopped", "the node stops", ""} : send(*job));
  }
}

Result<TxDone> TxSender::Impl::send(const Job& job) {
  Attempt attempt;
  Duration backoff = kBackoffMin;
  Error trouble{"chain_unreachable", "there was no time to ask", ""};
  while (Clock::now() < job.deadline) {
    Step step = advance(job, attempt);
    if (step.verdict) return std::move(*step.verdict);
    Duration delay = config.poll_interval;
    if (step.trouble) {
      trouble = std::move(*step.trouble);
      delay = backoff;
      backoff = std::min(2 * backoff, config.backoff_max);
    } else {
      backoff = kBackoffMin;
    }
    if (!wait(delay)) return Error{"stopped", "the node stops", ""};
  }
  if (attempt.accepted) {
    return Error{"not_mined", to_hex0x(attempt.hashes.back()) + " is in no block yet",
                 "It may still come; look at the fees of the chain."};
  }
  return Error{trouble.code == "rpc_error" ? "rpc_error" : "chain_unreachable", trouble.message,
               trouble.hint};
}

Step TxSender::Impl::advance(const Job& job, Attempt& attempt) {
  const auto client = endpoints.connect();
  if (!client) return Step::retry(client.error());
  Step step;
  if (attempt.hashes.empty()) {
    const auto allowed = (*client)->call(call_of(job));
    step = allowed ? submit(**client, job, attempt) : judge_refusal(allowed.error());
  } else {
    step = look_for_receipt(**client, job, attempt);
  }
  const bool dead = step.trouble && (step.trouble->code == "chain_unreachable" ||
                                     step.trouble->code == "bad_chain_answer");
  if (dead) endpoints.failed();
  return step;
}

Step TxSender::Impl::look_for_receipt(ChainClient& client, const Job& job, Attempt& attempt) {
  for (const auto& hash : attempt.hashes) {
    const auto receipt = client.receipt(hash);
    if (!receipt) return Step::retry(receipt.error());
    if (!*receipt) continue;
    if ((*receipt)->succeeded) return Step::done(TxDone{hash, (*receipt)->block, false});
    // Somebody was faster between the question and the block: ask again for the reason.
    const auto again = client.call(call_of(job));
    if (!again && already_done(again.error())) {
      return Step::done(TxDone{hash, (*receipt)->block, true});
    }
    return Step::done(Error{"reverted",
                            to_hex0x(hash) + " failed in block " +
                                std::to_string((*receipt)->block.value) + ": " +
                                (again ? "out of gas, or no longer so" : again.error().message),
                            ""});
  }
  if (!attempt.accepted) {
    return attempt.raw.empty() ? submit(client, job, attempt) : hand_in(client, attempt);
  }
  if (Clock::now() - attempt.sent_at < config.replace_after) return Step::wait();
  if (attempt.replacements >= config.replacements_max) return Step::wait();
  ++attempt.replacements;
  log_warn("tx_replaced", {{"call", job.description}, {"replacement", attempt.replacements}});
  return submit(client, job, attempt);
}

Step TxSender::Impl::submit(ChainClient& client, const Job& job, Attempt& attempt) {
  const auto gas = client.estimate_gas(call_of(job));
  if (!gas && says(gas.error(), "nsufficient funds")) return Step::done(no_gas_money());
  if (!gas) return judge_refusal(gas.error());
  if (auto trouble = choose_nonce(client, attempt)) return Step::retry(*trouble);
  if (auto trouble = choose_fees(client, attempt)) return Step::retry(*trouble);
  Transaction tx;
  tx.chain_id = config.chain_id;
  tx.nonce = *attempt.nonce;
  tx.max_priority_fee_per_gas = attempt.priority_fee;
  tx.max_fee_per_gas = attempt.max_fee;
  tx.gas_limit = *gas + *gas / 4;  // the state may have changed by the time it runs
  tx.to = config.contract;
  tx.data = job.calldata;
  SignedTransaction signed_tx = sign(tx, gas_key);
  // Known before it is sent: an answer that gets lost does not lose the transaction.
  attempt.hashes.push_back(signed_tx.hash);
  attempt.raw = std::move(signed_tx.raw);
  attempt.accepted = false;
  return hand_in(client, attempt);
}

Step TxSender::Impl::hand_in(ChainClient& client, Attempt& attempt) {
  const auto sent = client.send_raw(attempt.raw);
  const bool known =
      !sent && (says(sent.error(), "already known") || says(sent.error(), "already imported"));
  if (sent || known) {
    attempt.accepted = true;
    attempt.sent_at = Clock::now();
    const std::lock_guard lock(mutex);
    ++status.sent;
    return Step::wait();
  }
  const Error& error = sent.error();
  if (error.code != "rpc_error") return Step::retry(error);  // it may have got it all the same
  if (says(error, "nsufficient funds")) return Step::done(no_gas_money());
  if (says(error, "underpriced")) {
    attempt.accepted = true;  // an older one of this key waits: outbid it after a while
    attempt.sent_at = Clock::now();
    return Step::retry(error);
  }
  // Priced or numbered wrongly by now: made anew, after a look whether one of ours was mined.
  attempt.raw.clear();
  if (says(error, "nonce too low")) {
    if (++attempt.resyncs > kNonceResyncsMax) return Step::done(error);
    attempt.nonce.reset();
    return Step::wait();
  }
  return Step::retry(error);
}

Error TxSender::Impl::no_gas_money() const {
  return {"no_gas_money", to_hex0x(gas_key.address()) + " cannot pay for the transaction",
          "Send ether to this address, or let a peer relay."};
}

// The next nonce of the key. For a replacement the lowest one that is not mined: if something old
// is stuck below, this takes its place. Calls of the contract may be repeated, so that two of ours
// being mined does no harm.
std::optional<Error> TxSender::Impl::choose_nonce(ChainClient& client, Attempt& attempt) {
  const bool replacing = attempt.nonce.has_value();
  const auto count = client.transaction_count(gas_key.address(), !replacing);
  if (!count) return count.error();
  if (!replacing || *count != *attempt.nonce) attempt.nonce = *count;
  return std::nullopt;
}

std::optional<Error> TxSender::Impl::choose_fees(ChainClient& client, Attempt& attempt) {
  const auto head = client.latest();
  if (!head) return head.error();
  const auto asked = client.priority_fee();
  U256 tip = asked ? *asked : U256(kPriorityFeeFallback);
  U256 fee = head->base_fee.times(2).value_or(config.fee_per_gas_max);
  fee = fee.plus(tip).value_or(config.fee_per_gas_max);
  if (!attempt.hashes.empty()) {
    tip = std::max(tip, raised(attempt.priority_fee));
    fee = std::max(fee, raised(attempt.max_fee));
  }
  attempt.max_fee = std::min(fee, config.fee_per_gas_max);
  attempt.priority_fee = std::min(tip, attempt.max_fee);
  return std::nullopt;
}

void TxSender::Impl::finish(const Job& job, const Result<TxDone>& result) {
  {
    const std::lock_guard lock(mutex);
    ++(result ? status.done : status.failed);
    if (!result) status.last_error = result.error();
  }
  if (result) {
    log_info("tx_done", {{"call", job.description},
                         {"tx", result->hash},
                         {"block", result->block},
                         {"already_done", result->already_done}});
  } else {
    log_warn("tx_failed", {{"call", job.description},
                           {"code", result.error().code},
                           {"reason", result.error().message}});
  }
  if (job.on_done) job.on_done(result);
}

bool TxSender::Impl::wait(Duration delay) {
  std::unique_lock lock(mutex);
  return !wake.wait_for(lock, delay, [this] { return stopping; });
}

TxSender::TxSender(TxSenderConfig config, PrivateKey gas_key)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(gas_key))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

TxSender::~TxSender() {
  stop();
}

const Address& TxSender::address() const {
  return impl_->gas_key.address();
}

void TxSender::post(std::string description, Bytes calldata, OnTxDone on_done) {
  Job job{std::move(description), std::move(calldata), std::move(on_done),
          Clock::now() + impl_->config.give_up_after};
  std::optional<Error> refusal;
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) {
      refusal = Error{"stopped", "the node stops", ""};
    } else if (impl_->queue.size() >= impl_->config.queue_max) {
      refusal = Error{"queue_full", "too many transactions wait for the chain", ""};
    } else {
      impl_->queue.push_back(std::move(job));
    }
  }
  if (refusal) {
    impl_->finish(job, *refusal);
  } else {
    impl_->wake.notify_all();
  }
}

void TxSender::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_all();
  impl_->endpoints.abort();
  if (impl_->thread.joinable()) impl_->thread.join();
}

TxSenderStatus TxSender::status() const {
  const std::lock_guard lock(impl_->mutex);
  TxSenderStatus status = impl_->status;
  status.queued = impl_->queue.size();
  return status;
}

}  // namespace dnc
