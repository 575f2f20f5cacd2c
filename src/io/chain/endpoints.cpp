#include "io/chain/endpoints.hpp"

namespace dnc {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

Endpoints::Endpoints(const Config& config) : config_(config), tried_better_(Clock::now()) {
  CHECK(!config_.urls.empty());
  for (const auto& url : config_.urls)
    endpoints_.push_back(std::make_unique<RpcEndpoint>(url, config_.rpc_timeout));
}

Status Endpoints::try_endpoint(std::size_t index) {
  return endpoints_[index]->verify(config_.chain_id);
}

void Endpoints::use(std::size_t index) {
  const std::lock_guard lock(mutex_);
  current_ = index;
}

// Another chain may have taken the place of ours behind the same URL, with no failure between.
void Endpoints::verify_again() {
  if (!verified_ || Clock::now() - verified_at_ < config_.failback_interval) return;
  verified_ = try_endpoint(current_).ok();
  verified_at_ = Clock::now();
}

Result<ChainClient*> Endpoints::connect() {
  verify_again();
  const auto now = Clock::now();
  if (verified_ && current_ > 0 && now - tried_better_ >= config_.failback_interval) {
    tried_better_ = now;
    for (std::size_t better = 0; better < current_; ++better) {
      if (try_endpoint(better).ok()) use(better);  // ends the loop: better == current_
    }
  }
  if (verified_) return &endpoints_[current_]->client();
  std::optional<Error> worst;
  for (std::size_t tried = 0; tried < endpoints_.size(); ++tried) {
    const auto usable = try_endpoint(current_);
    if (usable) {
      verified_ = true;
      verified_at_ = Clock::now();
      tried_better_ = Clock::now();
      return &endpoints_[current_]->client();
    }
    // A wrong chain is a mistake of the configuration and must not hide behind a dead endpoint.
    if (!worst || usable.error().code == "wrong_chain") worst = usable.error();
    use((current_ + 1) % endpoints_.size());
  }
  return *worst;
}

void Endpoints::failed() {
  verified_ = false;
  use((current_ + 1) % endpoints_.size());
}

void Endpoints::abort() {
  for (const auto& endpoint : endpoints_)
    endpoint->abort();
}

std::string Endpoints::label() const {
  const std::lock_guard lock(mutex_);
  return endpoints_[current_]->label();
}

}  // namespace dnc
