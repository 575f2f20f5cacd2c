#include "node/joiner.hpp"

#include <ctime>

#include "io/base/log.hpp"
#include "io/chain/membership_contract.hpp"
#include "io/dstack/guest_agent.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kJoinValidSeconds = 600;
constexpr Duration kRetryAfter{3000};

// The transaction that joins, signed by the operator and by the key that the KMS vouches for.
Result<Bytes> sign_join(GuestAgent& agent, const NodeConfig& config, const Identity& identity) {
  const auto info = agent.info();
  if (!info) return info.error();
  const auto key = agent.get_key(kJoinKeyPath, kJoinKeyPurpose);
  if (!key) return key.error();
  JoinRequest request;
  request.seat = identity.seat;
  request.epoch = identity.epoch;
  request.boot_key = identity.boot_key;
  request.instance = info->instance_id;
  request.endpoint_hash = endpoint_hash(config.endpoint);
  request.deadline = static_cast<std::uint64_t>(std::time(nullptr)) + kJoinValidSeconds;
  const Hash digest = join_digest({config.chain_id, config.contract}, request);
  const auto proof = make_kms_proof(digest, *key, config.contract);
  if (!proof) return proof.error();
  const JoinProof links{proof->app_key, proof->kms_signature, proof->derived_key,
                        proof->app_signature, proof->signature};
  return encode_join(request, config.endpoint, config.operator_key.sign(digest), links);
}

}  // namespace

// Shared with the worker and with callbacks that may come after the joiner has gone.
struct Joiner::Work {
  explicit Work(const std::string& agent) : guest({.endpoint = agent}) {}
  GuestAgent guest;
  Joiner* owner = nullptr;  // cleared when the joiner goes; read on the loop
};

Joiner::Joiner(EventLoop& loop, const NodeConfig& config, ChainPoster& poster,
               std::function<void(const Error&)> on_refused)
    : loop_(loop),
      config_(config),
      poster_(poster),
      on_refused_(std::move(on_refused)),
      work_(std::make_shared<Work>(config.guest_agent)) {
  work_->owner = this;
}

Joiner::~Joiner() {
  work_->owner = nullptr;
  work_->guest.abort();
  if (worker_.joinable()) worker_.join();
}

void Joiner::join(const Identity& identity) {
  identity_ = identity;
  attempt();
}

void Joiner::on_view(const ChainView& view) {
  if (!identity_ || under_way_) return;
  const ChainSeat* seat = view.find(identity_->seat);
  const bool shown = seat && seat->identity == *identity_ && seat->active;
  const bool overtaken = seat && seat->identity.epoch > identity_->epoch;
  if (!shown && !overtaken && loop_.now() >= next_) attempt();
}

void Joiner::attempt() {
  under_way_ = true;
  if (worker_.joinable()) worker_.join();
  worker_ = std::thread([this, work = work_, identity = *identity_] {
    const auto report = [&loop = loop_, work](const Status& outcome) {
      loop.post([work, outcome] {
        if (work->owner) work->owner->attempted(outcome);
      });
    };
    const auto signed_join = sign_join(work->guest, config_, identity);
    if (!signed_join) return report(signed_join.error());
    poster_.post("join", *signed_join, [report](const Result<TxDone>& done) {
      report(done ? ok_status() : Status(done.error()));
    });
  });
}

void Joiner::attempted(const Status& outcome) {
  under_way_ = false;
  next_ = loop_.now() + kRetryAfter;
  const std::string reason = outcome ? "" : outcome.error().message;
  if (reason == last_reason_) return;
  last_reason_ = reason;
  if (!outcome) log_failure("join_refused", outcome.error());
  on_refused_(outcome ? Error{} : outcome.error());
}

}  // namespace dnc
