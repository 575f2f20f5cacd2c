#include "io/chain/endpoints.hpp"

#include "io/net/http_client.hpp"

namespace dnc {
namespace {

using Clock = std::chrono::steady_clock;

std::string label_of(const std::string& url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  const std::string host = url.substr(begin, url.find('/', begin) - begin);
  return host.substr(host.rfind('@') + 1);  // npos + 1 is 0
}

HttpClientOptions http_options(const std::string& url, Duration rpc_timeout) {
  HttpClientOptions options;
  options.url = url;
  options.connect_timeout = std::min(options.connect_timeout, rpc_timeout);
  options.total_timeout = rpc_timeout;
  options.reply_size_max = kRpcResponseBytesMax;
  return options;
}

Error unreachable(const std::string& label, const std::string& why) {
  return {"chain_unreachable", label + ": " + why, "Check the RPC URL and that the chain runs."};
}

}  // namespace

struct Endpoints::Endpoint {
  Endpoint(const std::string& url, Duration rpc_timeout)
      : label(label_of(url)),
        http(http_options(url, rpc_timeout)),
        client(JsonRpc([this](const std::string& body) { return post(body); })) {}

  Result<std::string> post(const std::string& body) {
    auto reply = http.post("", body);
    if (!reply) return unreachable(label, reply.error().message);
    if (reply->status != 200) return unreachable(label, "HTTP " + std::to_string(reply->status));
    return std::move(reply->body);
  }

  const std::string label;
  HttpClient http;
  ChainClient client;
};

Endpoints::Endpoints(const Config& config) : config_(config), tried_better_(Clock::now()) {
  CHECK(!config_.urls.empty());
  for (const auto& url : config_.urls)
    endpoints_.push_back(std::make_shared<Endpoint>(url, config_.rpc_timeout));
}

Status Endpoints::try_endpoint(std::size_t index) {
  Endpoint& endpoint = *endpoints_[index];
  const auto chain_id = endpoint.client.chain_id();
  if (!chain_id) return chain_id.error();
  if (*chain_id == config_.chain_id) return ok_status();
  return Error{"wrong_chain",
               endpoint.label + " is chain " + std::to_string(*chain_id) + ", expected " +
                   std::to_string(config_.chain_id),
               "Correct the RPC URL or the chain id in the configuration."};
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
  if (verified_) return &endpoints_[current_]->client;
  std::optional<Error> worst;
  for (std::size_t tried = 0; tried < endpoints_.size(); ++tried) {
    const auto usable = try_endpoint(current_);
    if (usable) {
      verified_ = true;
      verified_at_ = Clock::now();
      tried_better_ = Clock::now();
      return &endpoints_[current_]->client;
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
    endpoint->http.abort();
}

std::string Endpoints::label() const {
  const std::lock_guard lock(mutex_);
  return endpoints_[current_]->label;
}

}  // namespace dnc
