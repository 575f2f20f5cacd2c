#include "io/chain/relay_client.hpp"

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "core/base/hex.hpp"
#include "io/base/json.hpp"
#include "io/base/log.hpp"
#include "io/net/http_client.hpp"

namespace dnc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReplyMax = 16u << 10;
constexpr std::size_t kTextShownMax = 200;  // characters of a stranger's message

struct Job {
  std::string description;
  std::string body;
  OnTxDone on_done;
  Clock::time_point deadline;
};

// What one relay said.
struct Reply {
  std::optional<TxDone> done;
  bool working = false;
  Error error;  // when neither
};

// An endpoint is a stranger's text: only what can be a host and a port becomes a URL.
bool is_host_and_port(const std::string& text) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  };
  return text.find(':') != std::string::npos && std::all_of(text.begin(), text.end(), fits);
}

std::string text_of(const Json& json, const char* name) {
  const auto text = json_text(json, name);
  return text ? text->substr(0, kTextShownMax) : std::string();
}

Reply read_reply(const HttpReply& http) {
  Reply reply;
  const auto json = parse_json(http.body);
  if (!json || !json->is_object()) {
    reply.error = {"bad_relay_answer", "HTTP " + std::to_string(http.status) + " without JSON", ""};
    return reply;
  }
  if (http.status == 202) {
    reply.working = true;
  } else if (http.status == 200) {
    const auto hash = json_fixed<Hash>(*json, "tx");
    const auto block = json_u64(*json, "block");
    reply.done = TxDone{hash ? *hash : Hash{}, {block ? *block : 0}, !hash};
  } else {
    const Json error = json_has(*json, "error") ? (*json)["error"] : Json::object();
    reply.error = {text_of(error, "code"), text_of(error, "message"), text_of(error, "hint")};
    if (reply.error.code.empty()) reply.error.code = "bad_relay_answer";
  }
  return reply;
}

bool is_final(const Error& error) {
  return error.code == "refused" || error.code == "not_operator";
}

}  // namespace

struct RelayClient::Impl {
  explicit Impl(RelayClientConfig client_config) : config(std::move(client_config)) {}

  void run();
  Result<TxDone> send(const Job& job);
  Result<TxDone> ask_all(const Job& job);
  Result<TxDone> ask_one(const std::string& url, const Job& job);
  Reply ask_once(HttpClient& client, const Job& job);
  std::vector<std::string> relays();
  void note(const Error& error);
  bool wait(Duration delay);  // false: stopping
  bool wait_for_peers(Duration delay);

  const RelayClientConfig config;
  std::string preferred;  // the one that helped last; the client's thread

  std::thread thread;
  mutable std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  std::deque<Job> queue;
  std::vector<std::string> peers;
  bool peers_are_news = false;
  std::shared_ptr<HttpClient> http;  // of the request that runs
  Error trouble;
  bool stopping = false;
};

void RelayClient::Impl::run() {
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
    const Result<TxDone> result = stopped ? Error{"stopped", "the node stops", ""} : send(*job);
    if (result) {
      log_info("relayed", {{"call", job->description},
                           {"by", preferred},
                           {"tx", result->hash},
                           {"already_done", result->already_done}});
    }
    if (job->on_done) job->on_done(result);
  }
}

Result<TxDone> RelayClient::Impl::send(const Job& job) {
  Duration backoff = config.backoff_min;
  for (;;) {
    Result<TxDone> result = ask_all(job);
    if (result || is_final(result.error()) || result.error().code == "stopped") {
      note({});
      return result;
    }
    note(result.error());
    if (Clock::now() + backoff >= job.deadline) return result;
    if (!wait_for_peers(backoff)) return Error{"stopped", "the node stops", ""};
    backoff = std::min(2 * backoff, config.backoff_max);
  }
}

// Each relay in turn. One that refuses may be behind the chain or lie: the contract's refusal
// counts when nobody helped.
Result<TxDone> RelayClient::Impl::ask_all(const Job& job) {
  std::optional<Error> refusal;
  std::string said;
  for (const auto& url : relays()) {
    auto result = ask_one(url, job);
    if (result) {
      preferred = url;
      return result;
    }
    if (result.error().code == "stopped") return result;
    if (is_final(result.error())) refusal = result.error();
    const std::string& why = result.error().message;  // the network's names the URL itself
    said += (said.empty() ? "" : "; ") + (why.starts_with(url) ? why : url + ": " + why);
  }
  if (refusal) return *refusal;
  if (said.empty()) said = "no relay is known: the contract shows no other node";
  return Error{"nobody_relays", "this node has no gas key, and nobody relays: " + said,
               "Start a node that has a --gas-key, name one with --relay URL, or give this node a "
               "--gas-key of its own."};
}

Result<TxDone> RelayClient::Impl::ask_one(const std::string& url, const Job& job) {
  const auto client = std::make_shared<HttpClient>(
      HttpClientOptions{url, {}, config.connect_timeout, config.call_timeout, kReplyMax});
  {
    const std::lock_guard lock(mutex);
    if (stopping) return Error{"stopped", "the node stops", ""};
    http = client;
  }
  const auto until = std::min(job.deadline, Clock::now() + config.relay_patience);
  for (;;) {
    const Reply reply = ask_once(*client, job);
    if (reply.done) return *reply.done;
    if (!reply.working) return reply.error;
    if (Clock::now() >= until) return Error{"relay_slow", "it did not come about in time", ""};
    if (!wait(config.ask_again)) return Error{"stopped", "the node stops", ""};
  }
}

Reply RelayClient::Impl::ask_once(HttpClient& client, const Job& job) {
  const auto answer = client.post("/relay", job.body);
  if (answer) return read_reply(*answer);
  Reply reply;
  reply.error = answer.error();
  return reply;
}

std::vector<std::string> RelayClient::Impl::relays() {
  std::vector<std::string> all = config.urls;
  {
    const std::lock_guard lock(mutex);
    for (const auto& url : peers) {
      if (std::find(all.begin(), all.end(), url) == all.end()) all.push_back(url);
    }
  }
  const auto last = std::find(all.begin(), all.end(), preferred);
  if (last != all.end()) std::rotate(all.begin(), last, last + 1);
  return all;
}

void RelayClient::Impl::note(const Error& error) {
  bool is_news = false;
  {
    const std::lock_guard lock(mutex);
    is_news = trouble.message != error.message;
    trouble = error;
  }
  if (is_news && !error.code.empty()) log_failure("nobody_relays", error);
}

bool RelayClient::Impl::wait(Duration delay) {
  std::unique_lock lock(mutex);
  return !wake.wait_for(lock, delay, [this] { return stopping; });
}

// At genesis the others are shown one by one: whoever is new may relay at once.
bool RelayClient::Impl::wait_for_peers(Duration delay) {
  std::unique_lock lock(mutex);
  wake.wait_for(lock, delay, [this] { return stopping || peers_are_news; });
  peers_are_news = false;
  return !stopping;
}

RelayClient::RelayClient(RelayClientConfig config)
    : impl_(std::make_unique<Impl>(std::move(config))) {
  impl_->thread = std::thread([this] { impl_->run(); });
}

RelayClient::~RelayClient() {
  stop();
}

void RelayClient::set_peers(const std::vector<std::string>& endpoints) {
  std::vector<std::string> urls;
  for (const auto& endpoint : endpoints) {
    if (is_host_and_port(endpoint)) urls.push_back("http://" + endpoint);
  }
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->peers == urls) return;
    impl_->peers = std::move(urls);
    impl_->peers_are_news = true;
  }
  impl_->wake.notify_all();
}

void RelayClient::post(std::string description, Bytes calldata, OnTxDone on_done) {
  Job job{std::move(description), dump_json(Json{{"data", to_hex0x(calldata)}}), std::move(on_done),
          Clock::now() + impl_->config.give_up_after};
  std::optional<Error> refusal;
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping) {
      refusal = Error{"stopped", "the node stops", ""};
    } else if (impl_->queue.size() >= impl_->config.queue_max) {
      refusal = Error{"queue_full", "too many calls wait for a relay", ""};
    } else {
      impl_->queue.push_back(std::move(job));
    }
  }
  if (!refusal) return impl_->wake.notify_all();
  if (job.on_done) job.on_done(*refusal);
}

void RelayClient::stop() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
    if (impl_->http) impl_->http->abort();
  }
  impl_->wake.notify_all();
  if (impl_->thread.joinable()) impl_->thread.join();
}

Error RelayClient::trouble() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->trouble;
}

}  // namespace dnc
