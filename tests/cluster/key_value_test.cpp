// The key-value service on real nodes: concurrent clients across failovers, and one store that
// could have told them all that they were told.
#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "cluster_test.hpp"
#include "sim/kv_history.hpp"

namespace dnc::cluster {
namespace {

constexpr int kKeys = 4;
constexpr int kClients = 4;
constexpr Millis kCallLimit{1'000};

Time since_start() {
  static const Moment start = Clock::now();
  return std::chrono::duration_cast<Time>(Clock::now() - start);
}

// Clients of keys that nobody else uses; what they see is kept for the checker.
class KvLoad {
 public:
  KvLoad() {
    for (int client = 0; client < kClients; ++client)
      clients_.emplace_back([this, client] { run(client); });
  }
  ~KvLoad() { stop(); }

  void stop() {
    stopping_ = true;
    for (auto& client : clients_)
      client.join();
    clients_.clear();
  }
  const KvHistory& history() const { return history_; }
  std::size_t answered() const { return answered_; }

 private:
  std::string key(std::uint64_t number) const { return prefix_ + std::to_string(number % kKeys); }

  void run(int client) {
    std::mt19937_64 random(static_cast<std::uint64_t>(client) + 1);
    int seat = client;
    std::uint64_t count = 0;
    while (!stopping_) {
      seat = (seat + 1) % LocalWorld::kNodes;
      const int port = LocalWorld::port(seat + 1);
      if (random() % 8 == 0) {
        list(port);
      } else if (random() % 3 == 0) {
        read(port, key(random()));
      } else {
        const std::string value = std::to_string(client) + "-" + std::to_string(++count);
        write(port, key(random()), value, random());
      }
      poll_for(Millis(5), [this] { return stopping_.load(); });
    }
  }

  void keep(const KvOperation& operation) {
    const std::scoped_lock lock(mutex_);
    history_.operations.push_back(operation);
    if (operation.returned) ++answered_;
  }

  static std::uint64_t version_of(const Answer& answer) {
    const auto tag = answer.headers.find("etag");
    return tag == answer.headers.end() ? 0 : std::stoull(tag->second.substr(1));
  }

  // One attempt: what is not answered stays uncertain, as for any client that gives up.
  void write(int port, const std::string& name, const std::string& value, std::uint64_t choice) {
    KvOperation operation;
    operation.kind = choice % 5 == 0 ? KvOperation::Kind::kRemove : KvOperation::Kind::kPut;
    operation.key = name;
    operation.value = value;
    const bool removal = operation.kind == KvOperation::Kind::kRemove;
    Request request{.method = removal ? "DELETE" : "PUT",
                    .target = "/kv/" + name,
                    .headers = {{"Idempotency-Key", fresh_key()}},
                    .body = removal ? "" : value};
    if (choice % 7 == 0) {
      operation.condition = {kv::Condition::Kind::kAbsent, 0};
      request.headers["If-None-Match"] = "*";
    } else if (choice % 7 < 3) {
      const Answer now = get(port, "/kv/" + name, kCallLimit);
      operation.condition = {kv::Condition::Kind::kVersion, version_of(now)};
      request.headers["If-Match"] = '"' + std::to_string(operation.condition.version) + '"';
    }
    operation.invoked = since_start();
    const Answer answer = call(port, request, kCallLimit);
    if (answer.status == 200) operation.outcome = kv::Outcome::kOk;
    if (answer.status == 404) operation.outcome = kv::Outcome::kAbsent;
    if (answer.status == 412) operation.outcome = kv::Outcome::kConflict;
    const bool certain = answer.status == 200 || answer.status == 404 || answer.status == 412;
    if (certain) operation.returned = since_start();
    operation.version = answer.status == 200 ? answer.json().value("version", std::uint64_t{0})
                                             : version_of(answer);
    if (!certain) operation.version = 0;
    EXPECT_TRUE(certain || answer.status == 0 || answer.status == 503) << answer.body;
    keep(operation);
  }

  void read(int port, const std::string& name) {
    KvOperation operation;
    operation.key = name;
    operation.invoked = since_start();
    const Answer answer = get(port, "/kv/" + name, kCallLimit);
    if (answer.status != 200 && answer.status != 404) return;
    operation.returned = since_start();
    operation.outcome = answer.status == 200 ? kv::Outcome::kOk : kv::Outcome::kAbsent;
    operation.value = answer.status == 200 ? answer.body : "";
    operation.version = version_of(answer);
    keep(operation);
  }

  void list(int port) {
    KvRange range{prefix_, "", since_start(), {}, {}, false};
    const Answer answer = get(port, "/kv?limit=3&prefix=" + prefix_, kCallLimit);
    if (!answer.ok()) return;
    range.returned = since_start();
    const Json page = answer.json();
    for (const Json& entry : page["entries"]) {
      const std::string value = entry["value"];
      const ByteView bytes = as_bytes(value);
      range.entries.push_back({entry["key"], Bytes(bytes.begin(), bytes.end()), entry["version"]});
    }
    range.more = !page["next"].is_null();
    const std::scoped_lock lock(mutex_);
    history_.ranges.push_back(std::move(range));
    ++answered_;
  }

  const std::string prefix_ = fresh_key() + "-";
  std::atomic<bool> stopping_{false};
  std::atomic<std::size_t> answered_{0};
  std::mutex mutex_;
  KvHistory history_;
  std::vector<std::thread> clients_;
};

class KeyValue : public ClusterTest {};

TEST_F(KeyValue, StaysLinearizableThroughFailovers) {
  KvLoad load;
  for (int round = 0; round < 3; ++round) {
    const int killed = world().leader();
    ASSERT_NE(killed, 0) << describe();
    const std::size_t before = load.answered();
    world().kill_now(killed);
    EXPECT_NE(taken_over(killed, Millis(10'000)), 0) << describe();
    EXPECT_TRUE(poll_for(Millis(10'000), [&] { return load.answered() > before + 50; }));
    world().node("start", killed);
    EXPECT_TRUE(world().wait_ready(killed, Millis(30'000))) << describe();
  }
  load.stop();
  const auto error = check_kv_history(load.history());
  EXPECT_FALSE(error) << *error;
  std::size_t uncertain = 0;
  for (const KvOperation& operation : load.history().operations)
    uncertain += operation.returned ? 0 : 1;
  measure("operations answered through three kills", static_cast<double>(load.answered()), "");
  measure("writes without an answer", static_cast<double>(uncertain), "");
  measure("pages", static_cast<double>(load.history().ranges.size()), "");
}

TEST_F(KeyValue, AllNodesShowTheSame) {
  const std::string name = fresh_key();
  const Answer put = call(LocalWorld::port(1), {.method = "PUT",
                                                .target = "/kv/" + name,
                                                .headers = {},
                                                .body = std::string(64 * 1024, 'v')});
  ASSERT_EQ(put.status, 200) << put.body;
  for (const int seat : LocalWorld::seats()) {
    const Answer found = get(LocalWorld::port(seat), "/kv/" + name);
    EXPECT_EQ(found.status, 200) << found.body;
    EXPECT_EQ(found.body, std::string(64 * 1024, 'v'));
    EXPECT_EQ(found.headers.at("etag"), put.headers.at("etag"));
  }
}

TEST_F(KeyValue, ValuesOutliveARestartOfAll) {
  const std::string name = fresh_key();
  const Answer put =
      call(LocalWorld::port(2),
           {.method = "PUT", .target = "/kv/" + name, .headers = {}, .body = "kept"});
  ASSERT_EQ(put.status, 200) << put.body;
  ASSERT_TRUE(world().node("kill", "all"));
  ASSERT_TRUE(world().node("start", "all"));
  ASSERT_TRUE(world().make_whole(Millis(60'000))) << describe();
  for (const int seat : LocalWorld::seats()) {
    const Answer found = get(LocalWorld::port(seat), "/kv/" + name, Millis(6'000));
    EXPECT_EQ(found.body, "kept") << seat;
    EXPECT_EQ(found.headers.count("etag"), 1u);
  }
}

}  // namespace
}  // namespace dnc::cluster
