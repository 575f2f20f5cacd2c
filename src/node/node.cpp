#include "node/node.hpp"

#include <chrono>
#include <map>
#include <optional>

#include "core/base/hex.hpp"
#include "core/consensus/codec.hpp"
#include "io/api/api.hpp"
#include "io/base/json.hpp"
#include "io/base/log.hpp"
#include "io/chain/membership_contract.hpp"
#include "io/chain/membership_watcher.hpp"
#include "io/net/event_loop.hpp"
#include "io/net/http_server.hpp"
#include "io/net/listener.hpp"
#include "io/storage/rocks_disk.hpp"
#include "node/attester.hpp"
#include "node/boot.hpp"
#include "node/dismissal.hpp"
#include "node/gas.hpp"
#include "node/joiner.hpp"
#include "node/preflight.hpp"
#include "node/service_report.hpp"
#include "node/status.hpp"

namespace dnc {
namespace {

constexpr Duration kTickInterval{5};

using WriteDone = std::function<void(const WriteReply&)>;

std::vector<Routes> routes_of(const Extensions& extensions) {
  std::vector<Routes> routes;
  for (const Extension& extension : extensions)
    routes.push_back(extension.routes);
  return routes;
}

std::vector<ServiceKind> services_of(const Extensions& extensions) {
  std::vector<ServiceKind> services;
  for (const Extension& extension : extensions)
    services.push_back(extension.service);
  return services;
}

// Everything between the rooms. Lives on the loop thread.
class Node : public World, public NodeView {
 public:
  Node(const NodeConfig& config, const Extensions& extensions)
      : config_(config),
        services_(services_of(extensions)),
        load_(loop_, *this),
        events_(loop_, *this, load_),
        peers_(loop_, *this),
        api_(*this, events_, peers_, load_, routes_of(extensions)),
        http_(
            loop_, [this](HttpRequest request, HttpReplier reply) { api_.handle(request, reply); },
            {}, net_log()),
        gas_(config),
        joiner_(loop_, config, gas_.poster(),
                [this](const Error& error) { join_error_ = error.message; }),
        attester_(loop_, config.guest_agent),
        preflight_(
            loop_, config, [this](const Error& error) { on_waiting(error); },
            [this](const Status& checked) { on_checked(checked); }),
        watcher_({.chain = {.urls = config.rpc,
                            .chain_id = config.chain_id,
                            .contract = config.contract,
                            .finality = config.finality}},
                 [this](const ChainView& view) { loop_.post([this, view] { on_view(view); }); }) {}

  Exit run() {
    if (const Status started = start(); !started) {
      log_failure("start_failed", started.error());
      return Exit::kFailed;
    }
    loop_.run();
    service_.ended(exit_);
    listener_.reset();
    watcher_.stop();
    gas_.stop();
    disk_->close();
    log_info("stopped");
    return exit_;
  }

  // --- World: what the replica asks for ---
  void persist(const DiskBatch& batch) override { disk_->write(batch); }
  void send(const Outgoing& outgoing) override {
    boot_->peers().send(outgoing.to, encode(outgoing.envelope));
  }
  void reply(const WriteReply& reply) override { answer(writes_, reply); }
  void reply(const ReadReply& reply) override { answer(reads_, reply); }
  void call(const ChainCall& call) override {
    const std::string what = describe(call);
    log_info("chain_call", {{"what", what}});
    gas_.poster().post(what, encode(call), [what](const Result<TxDone>& done) {
      if (!done) log_failure("chain_call_failed", done.error());
    });
  }
  void record(const Event& event) override {
    log_replica_event(event);
    events_.happened(event);
  }
  void stop(Stop stop) override {
    if (stop == Stop::kReboot) finish(Exit::kReboot);
  }

  // --- NodeView: what the API asks for ---
  NodeStatus status() const override {
    const std::string trouble = join_error_.empty() ? gas_.trouble().message : join_error_;
    NodeStatus status =
        node_status(config_, boot_ ? &boot_->replica() : nullptr,
                    boot_ ? boot_->identity().epoch : Epoch{}, view_, watcher_.status(), trouble);
    status.chain.gas = gas_.payer();
    return status;
  }
  RelayReply relay(const Bytes& calldata) override {
    const Error silenced = boot_ ? explain(ouster(), config_.seat) : Error{};
    if (silenced.code.empty()) return gas_.relay(calldata);
    RelayReply refused;
    refused.status = 503;
    refused.error = silenced;
    return refused;
  }
  void write(Operation operation, WriteDone done) override {
    done = timed(std::move(done));
    if (!boot_) return done({0, "not_serving", {}, {}, {}});
    writes_.emplace(++tickets_, std::move(done));
    boot_->deliver(ClientWrite{tickets_, std::move(operation)});
  }
  void read(Bytes query, bool linearizable, std::function<void(const ReadReply&)> done) override {
    if (!boot_) return done({0, "not_serving", {}, {}});
    reads_.emplace(++tickets_, std::move(done));
    boot_->deliver(ClientRead{tickets_, std::move(query), linearizable});
  }
  Status recover(const RecoveryConsent& consent) override {
    if (!boot_) return Error{"no_cold_start", "this node has not started yet", "ask again"};
    const Status judged = boot_->replica().judge(consent);
    if (judged) boot_->deliver(consent);
    return judged;
  }
  Status switchover(const SwitchoverOrder& order) override {
    if (!boot_) return Error{"not_leader", "this node has not started yet", "ask the leader"};
    const Status judged = boot_->replica().judge(order);
    if (judged) boot_->deliver(order);
    return judged;
  }
  const Block* block(SeqNo seq) const override {
    return boot_ ? boot_->replica().committed_block(seq) : nullptr;
  }
  Result<Receipt> receipt(SeqNo seq, std::size_t operation) const override {
    if (boot_) return boot_->replica().receipt(seq, operation);
    return Error{"not_committed", "this node has not started yet", "ask again, or another node"};
  }
  Result<BackupHead> backup() const override {
    if (boot_) return boot_->replica().backup();
    return Error{"no_proof", "this node has not started yet", "ask again, or another node"};
  }
  SnapshotPtr snapshot(SeqNo seq) const override {
    return boot_ ? boot_->replica().snapshot(seq) : nullptr;
  }
  std::vector<Accusation> accusations() const override {
    return boot_ ? boot_->replica().accusations() : std::vector<Accusation>{};
  }
  void attest(const Hash& nonce, std::function<void(const Result<std::string>&)> done) override {
    if (!boot_) return done(Error{"not_serving", "this node has not started yet", "ask again"});
    Attestation statement;
    statement.domain = {config_.chain_id, config_.contract};
    statement.identity = boot_->identity();
    statement.nonce = nonce;
    statement.signature = boot_->attestation(nonce);
    attester_.attest(std::move(statement), [done](const Result<Attestation>& made) {
      done(made ? dump_json(to_json(*made)) : Result<std::string>(made.error()));
    });
  }
  SeqNo pruned_upto() const override {
    return boot_ ? boot_->replica().pruned_upto().seq : SeqNo{};
  }

 private:
  Status start() {
    auto disk = RocksDisk::open(config_.data, {config_.chain_id, config_.contract});
    if (!disk) return disk.error();
    disk_ = std::move(*disk);
    service_.alive();
    auto recovered = disk_->recover();
    if (!recovered) return recovered.error();
    const SeqNo snapshot = recovered->snapshot ? recovered->snapshot->seq() : SeqNo{};
    log_info("disk_recovered", {{"snapshot", snapshot},
                                {"blocks", recovered->blocks.size()},
                                {"commit_seq", recovered->commit_seq},
                                {"damaged", recovered->damaged}});
    recovered_ = std::move(*recovered);
    disk_->start([this](std::uint64_t batch) {
      loop_.post([this, batch] {
        if (boot_) boot_->on_synced(batch);
      });
    });
    loop_.on_signal([this](int) { finish(Exit::kStopped); });
    if (const Status listening = listen(); !listening) return listening;
    watcher_.start();
    preflight_.start();
    load_.begin();
    tick();
    log_info(
        "started",
        {{"seat", config_.seat}, {"listen", config_.listen_host}, {"port", config_.listen_port}});
    service_.ready();
    return ok_status();
  }

  // Clients may ask from the start; peers only once this boot has an identity.
  Status listen() {
    ListenerConfig listener{.http = &http_};
    listener.log = net_log();
    if (boot_) {
      listener.peers = &boot_->peers();
      listener.tls = boot_->tls();
    }
    listener_.reset();
    listener_ = std::make_unique<Listener>(loop_, std::move(listener));
    const auto port = listener_->listen(config_.listen_host, config_.listen_port);
    return port ? ok_status() : Status(port.error());
  }

  // Tells the load how long the answer took, before it is given.
  WriteDone timed(WriteDone done) {
    return [this, begun = std::chrono::steady_clock::now(),
            done = std::move(done)](const WriteReply& reply) {
      const auto took = std::chrono::steady_clock::now() - begun;
      if (reply.error.empty()) {
        load_.answered(std::chrono::duration_cast<std::chrono::microseconds>(took));
      } else {
        load_.refused(reply.error);
      }
      done(reply);
    };
  }

  void tick() {
    if (boot_) boot_->tick();
    ticker_ = loop_.after(kTickInterval, [this] { tick(); });
  }

  void on_waiting(const Error& error) {
    const bool refused = error.code == "guest_agent_refused";  // the KMS gives it no keys
    log_failure(refused ? "join_refused" : "waiting_to_start", error);
    join_error_ = error.message;
  }

  void on_checked(const Status& checked) {
    if (!checked) {
      log_failure("refused_to_start", checked.error());
      return finish(Exit::kRefused);
    }
    checked_ = true;
    join_error_.clear();
    if (view_) on_view(ChainView(*view_));
  }

  void on_view(const ChainView& view) {
    view_ = view;
    gas_.on_view(view);
    if (!checked_) return;
    if (!boot_ && !boot(view)) return finish(Exit::kFailed);
    const bool was_silenced = ouster() != Ouster::kNone;
    boot_->on_view(view);
    if (ouster() == Ouster::kNone) return joiner_.on_view(view);
    if (!was_silenced) log_failure("silenced", explain(ouster(), config_.seat));
    if (may_return(ouster(), config_.seat, config_.operator_key.address(), view)) {
      log_info("returning", {{"seat", config_.seat}});
      finish(Exit::kReboot);
    }
  }

  Ouster ouster() const { return boot_->replica().status().ouster; }

  // The first view of the chain: now the epoch is known.
  bool boot(const ChainView& view) {
    auto created = Boot::create(loop_, config_, services_, std::move(*recovered_), view, *this);
    recovered_.reset();
    if (!created) {
      log_failure("boot_failed", created.error());
      return false;
    }
    boot_ = std::move(*created);
    record({"booted",
            {{"epoch", std::to_string(boot_->identity().epoch.value)},
             {"boot_key", to_hex0x(boot_->identity().boot_key)}}});
    if (const Status listening = listen(); !listening) {
      log_failure("listen_failed", listening.error());
      return false;
    }
    joiner_.join(boot_->identity());
    return true;
  }

  template <class Callbacks, class Reply>
  static void answer(Callbacks& callbacks, const Reply& reply) {
    const auto found = callbacks.find(reply.ticket);
    if (found == callbacks.end()) return;
    const auto done = std::move(found->second);
    callbacks.erase(found);
    done(reply);
  }

  void finish(Exit exit) {
    exit_ = exit;
    loop_.stop();
  }

  const NodeConfig config_;
  const std::vector<ServiceKind> services_;  // beside the product's
  EventLoop loop_;
  Load load_;
  EventStream events_;
  PeerList peers_;
  Api api_;
  HttpServer http_;
  Gas gas_;
  Joiner joiner_;
  Attester attester_;
  Preflight preflight_;
  bool checked_ = false;
  MembershipWatcher watcher_;
  std::unique_ptr<RocksDisk> disk_;
  std::optional<Recovered> recovered_;
  std::optional<ChainView> view_;
  std::string join_error_;
  std::unique_ptr<Boot> boot_;
  std::unique_ptr<Listener> listener_;
  Timer ticker_;
  const ServiceManager manager_ = ServiceManager::from_environment();
  ServiceReport service_{loop_, *this, manager_};
  std::uint64_t tickets_ = 0;
  std::map<std::uint64_t, WriteDone> writes_;
  std::map<std::uint64_t, std::function<void(const ReadReply&)>> reads_;
  Exit exit_ = Exit::kStopped;
};

}  // namespace

Exit run_node(const NodeConfig& config, const Extensions& extensions) {
  return Node(config, extensions).run();
}

}  // namespace dnc
