#include "node/preflight.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "io/chain/chain_client.hpp"
#include "io/chain/endpoints.hpp"
#include "io/dstack/guest_agent.hpp"
#include "io/net/event_loop.hpp"
#include "node/published_keys.hpp"

namespace dnc {
namespace {

constexpr Duration kRpcTimeout{3'000};
constexpr Duration kBackoffMin{250};
constexpr Duration kBackoffMax{2'000};
// What dstack's KMS asks of a contract, and what its tools do (facts of dstack's auth-eth).
constexpr std::uint32_t kInterfaces[] = {0x1e079198, 0x8fd37527};

constexpr std::string_view kRefusals[] = {"wrong_chain",        "no_contract", "wrong_contract",
                                          "published_kms_root", "wrong_app",   "simulated_enclave",
                                          "wrong_instance"};

Error not_ours(const NodeConfig& config, const std::string& why) {
  return {"wrong_contract", to_hex0x(config.contract) + " is not a cluster's contract: " + why,
          "Correct the address in the deployment file: deployments/" +
              std::to_string(config.chain_id) + ".json as the deployment wrote it."};
}

Result<Bytes> ask(ChainClient& client, const NodeConfig& config, const Bytes& call) {
  auto answer = client.call({config.contract, call, {}});
  if (!answer && answer.error().code == "reverted") {
    return not_ours(config, "a question reverts: " + answer.error().message);
  }
  return answer;
}

Bytes supports_interface(std::uint32_t id) {
  Bytes bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<std::uint8_t>(id >> shift));
  return AbiEncoder().fixed_bytes(bytes).call("supportsInterface(bytes4)");
}

Status check_kms_root(ChainClient& client, const NodeConfig& config) {
  const auto answer = ask(client, config, AbiEncoder().call("kmsRoot()"));
  if (!answer) return answer.error();
  AbiDecoder in(*answer);
  const Address root = in.address();
  if (!in.ok()) return not_ours(config, "it names no KMS root");
  if (config.chain_id == kDevelopmentChain || !is_published_kms_root(root)) return ok_status();
  return Error{"published_kms_root",
               "the contract trusts KMS root " + to_hex0x(root) +
                   ", whose key is published: anybody could join",
               "Its owner names the real one: cast send " + to_hex0x(config.contract) +
                   " 'setKmsRoot(address)' ROOT, with the k256 root of DstackKms kmsInfo()."};
}

}  // namespace

Status check_contract(ChainClient& client, const NodeConfig& config) {
  for (const std::uint32_t id : kInterfaces) {
    const auto answer = ask(client, config, supports_interface(id));
    if (!answer) return answer.error();
    if (answer->empty()) {
      return Error{"no_contract", "there is no contract at " + to_hex0x(config.contract),
                   "Deploy the contract, or correct its address in the deployment file."};
    }
    AbiDecoder in(*answer);
    if (!in.flag() || !in.ok()) return not_ours(config, "dstack's interface is missing");
  }
  return check_kms_root(client, config);
}

Status check_enclave(ChainClient& client, const NodeConfig& config, const GuestInfo& info) {
  if (info.app_id != config.contract) {
    return Error{"wrong_app",
                 "this enclave runs app " + to_hex0x(info.app_id) + ", the deployment is " +
                     to_hex0x(config.contract),
                 "Start the node in a CVM of this contract's app."};
  }
  if (info.simulated && config.chain_id != kDevelopmentChain) {
    return Error{"simulated_enclave", "the guest agent is a simulator",
                 "Chain " + std::to_string(config.chain_id) +
                     " takes a real enclave: start the "
                     "node in a CVM."};
  }
  const auto answer =
      ask(client, config, AbiEncoder().number(config.seat.value).call("tokenToInstance(uint256)"));
  if (!answer) return answer.error();
  AbiDecoder in(*answer);
  const Hash bound = in.word();
  if (!in.ok()) return not_ours(config, "it binds no instances");
  const bool same =
      std::equal(info.instance_id.bytes.begin(), info.instance_id.bytes.end(), bound.bytes.begin());
  if (bound == Hash{} || same) return ok_status();
  const std::string seat = std::to_string(config.seat.value);
  return Error{"wrong_instance",
               "this CVM is instance " + to_hex0x(info.instance_id) + ", but seat " + seat +
                   " is bound to " + to_hex0x(bound.view().first(Address::kSize)),
               "Start the seat's own CVM. If it is lost, its owner or operator retires it: cast "
               "send " +
                   to_hex0x(config.contract) + " 'replace(uint64)' " + seat +
                   ", then start this one again."};
}

bool is_refusal(const Error& error) {
  return std::find(std::begin(kRefusals), std::end(kRefusals), error.code) != std::end(kRefusals);
}

// Shared with the worker and with callbacks that may come after the preflight has gone.
struct Preflight::Work {
  Work(EventLoop& event_loop, const NodeConfig& node_config)
      : loop(event_loop),
        config(node_config),
        chain({config.rpc, config.chain_id, kRpcTimeout}),
        guest({.endpoint = config.guest_agent}) {}

  Status check();
  void run(const std::shared_ptr<Work>& self);
  bool wait(Duration delay);

  EventLoop& loop;
  const NodeConfig config;
  Endpoints chain;
  GuestAgent guest;
  bool owned = true;  // false when the preflight has gone; read on the loop
  std::function<void(const Error&)> on_news;
  std::function<void(const Status&)> on_done;
  std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  bool stopping = false;
};

Status Preflight::Work::check() {
  const auto client = chain.connect();
  if (!client) return client.error();
  Status checked = check_contract(**client, config);
  if (checked) {
    const auto info = guest.info();
    if (!info) return info.error();
    checked = check_enclave(**client, config, *info);
  }
  if (!checked && !is_refusal(checked.error())) chain.failed();
  return checked;
}

void Preflight::Work::run(const std::shared_ptr<Work>& self) {
  Duration backoff = kBackoffMin;
  std::string last;
  for (;;) {
    const Status checked = check();
    if (checked || is_refusal(checked.error())) {
      loop.post([self, checked] {
        if (self->owned) self->on_done(checked);
      });
      return;
    }
    if (checked.error().message != last) {
      last = checked.error().message;
      loop.post([self, error = checked.error()] {
        if (self->owned) self->on_news(error);
      });
    }
    if (!wait(backoff)) return;
    backoff = std::min(2 * backoff, kBackoffMax);
  }
}

bool Preflight::Work::wait(Duration delay) {
  std::unique_lock lock(mutex);
  return !wake.wait_for(lock, delay, [this] { return stopping; });
}

Preflight::Preflight(EventLoop& loop, const NodeConfig& config,
                     std::function<void(const Error&)> on_news,
                     std::function<void(const Status&)> on_done)
    : work_(std::make_shared<Work>(loop, config)) {
  work_->on_news = std::move(on_news);
  work_->on_done = std::move(on_done);
}

Preflight::~Preflight() {
  work_->owned = false;
  {
    const std::lock_guard lock(work_->mutex);
    work_->stopping = true;
  }
  work_->wake.notify_all();
  work_->chain.abort();
  work_->guest.abort();
  if (worker_.joinable()) worker_.join();
}

void Preflight::start() {
  worker_ = std::thread([work = work_] { work->run(work); });
}

}  // namespace dnc
