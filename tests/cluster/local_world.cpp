#include "local_world.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace dnc::cluster {
namespace {

LocalWorld* the_world = nullptr;

std::string read_whole(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Status parse_status(const Json& json) {
  Status status;
  status.seat = json.value("seat", 0);
  status.operator_ = json.value("operator", "");
  status.role = json.value("role", "");
  status.reason = json.value("reason", "");
  status.term = json.value("term", std::uint64_t{0});
  status.commit_seq = json.value("commit_seq", std::uint64_t{0});
  status.quorum = json.value("quorum", 0);
  if (json.contains("leader") && json["leader"].is_object()) {
    status.leader = json["leader"].value("seat", 0);
    status.leader_operator = json["leader"].value("operator", "");
  }
  status.json = json;
  return status;
}

}  // namespace

LocalWorld& LocalWorld::get() {
  static bool tried = false;
  if (the_world == nullptr) {
    if (tried) throw std::runtime_error("no world: its deployment failed before");
    tried = true;
    the_world = new LocalWorld;
  }
  return *the_world;
}

bool LocalWorld::started() {
  return the_world != nullptr;
}

void LocalWorld::end() {
  delete the_world;
  the_world = nullptr;
}

LocalWorld::LocalWorld() {
  char name[] = "/tmp/dnc-cluster-XXXXXX";
  if (::mkdtemp(name) == nullptr) throw std::runtime_error("no temporary directory");
  home_ = name;
  const char* bin = std::getenv("DNC_BIN");
  bin_ = bin != nullptr ? bin : DNC_BIN_DEFAULT;
  ::setenv("DNC_HOME", home_.c_str(), 1);
  ::setenv("DNC_DEPLOYMENTS", (home_ + "/deployments").c_str(), 1);
  ::setenv("DNC_BIN", bin_.c_str(), 1);
  ::setenv("XTABLES_LOCKFILE", (home_ + "/xtables.lock").c_str(), 1);
  for (const char* ours : {"DNC_PORT", "DNC_RPC_PORT", "DNC_KMS_PORT", "DNC_COMPOSE"})
    ::unsetenv(ours);
  const Moment start = Clock::now();
  const ShellResult deployed = shell("./deploy_local.sh", Millis(180'000));
  deploy_seconds_ = seconds_since(start);
  if (!deployed.ok()) {
    throw std::runtime_error("./deploy_local.sh failed, see " + home_ + ":\n" + deployed.output);
  }
  chain_ = std::make_unique<Chain>(deployment_file());
}

LocalWorld::~LocalWorld() {
  heal();
  shell("./stop_local.sh");
  if (::testing::UnitTest::GetInstance()->Failed()) {
    std::printf("logs and data are kept in %s\n", home_.c_str());
  } else {
    std::filesystem::remove_all(home_);
  }
}

bool LocalWorld::make_whole(Millis limit) {
  heal();
  chain_script("resume");
  if (pid("anvil") == 0) chain_script("start");
  for (const int seat : seats()) {
    node("resume", seat);
    if (node_pid(seat) == 0) node("start", seat);
  }
  return poll_for(
      limit, [this] { return all_ready(); }, Millis(50));
}

bool LocalWorld::all_ready() const {
  for (const int seat : seats()) {
    if (!cluster::get(port(seat), "/readiness").ok()) return false;
  }
  return true;
}

std::string LocalWorld::operator_key_file(int seat) const {
  return home_ + "/keys/seat-" + std::to_string(seat) + ".operator.key";
}

std::string LocalWorld::operator_key(int seat) const {
  return trimmed(read_whole(operator_key_file(seat)));
}

bool LocalWorld::depose(const std::vector<int>& voters) {
  const std::string target = chain_->current_leader();
  for (const int voter : voters) {
    const std::string key = operator_key(voter);
    chain_->fund(chain_->address_of(key));
    if (!chain_->send(key, "castVote(address,bool)", target + " true").ok()) return false;
  }
  return true;
}

std::vector<int> LocalWorld::others(int seat) {
  std::vector<int> rest = seats();
  rest.erase(std::remove(rest.begin(), rest.end(), seat), rest.end());
  return rest;
}

// --- Asking -------------------------------------------------------------------------------------

std::optional<Status> LocalWorld::status(int seat, Millis limit) const {
  const Answer answer = cluster::get(port(seat), "/status", limit);
  if (!answer.ok() || !answer.json().is_object()) return std::nullopt;
  return parse_status(answer.json());
}

int LocalWorld::leader() const {
  return leader_other_than(0);
}

int LocalWorld::leader_other_than(int seat) const {
  int found = 0;
  std::uint64_t term = 0;
  for (const int other : others(seat)) {
    const auto its = status(other);
    if (its && its->role == "leader" && its->term >= term) {
      found = other;
      term = its->term;
    }
  }
  return found;
}

std::optional<std::uint64_t> LocalWorld::value(int seat, bool stale) const {
  const Answer answer =
      cluster::get(port(seat), stale ? "/counter?consistency=stale" : "/counter", Millis(6'000));
  if (!answer.ok()) return std::nullopt;
  return answer.json().value("value", std::uint64_t{0});
}

// --- Faults -------------------------------------------------------------------------------------

void LocalWorld::drop(int seat) {
  if (!dropped_.insert(seat).second) return;
  const ShellResult done =
      shell("iptables -w -A INPUT -p tcp --dport " + std::to_string(port(seat)) + " -j DROP");
  EXPECT_TRUE(done.ok()) << done.output;
}

void LocalWorld::heal() {
  for (const int seat : dropped_) {
    shell("iptables -w -D INPUT -p tcp --dport " + std::to_string(port(seat)) + " -j DROP");
  }
  dropped_.clear();
}

bool LocalWorld::node(const std::string& command, const std::string& seat) {
  const ShellResult done = shell("scripts/node.sh " + command + " " + seat, Millis(90'000));
  EXPECT_TRUE(done.ok()) << done.output;
  return done.ok();
}

bool LocalWorld::chain_script(const std::string& command) {
  const ShellResult done = shell("scripts/chain.sh " + command);
  EXPECT_TRUE(done.ok()) << done.output;
  return done.ok();
}

pid_t LocalWorld::pid(const std::string& name) const {
  const ShellResult found = shell("source scripts/lib.sh; pid_of " + name);
  return found.ok() ? static_cast<pid_t>(std::stol(found.output)) : 0;
}

void LocalWorld::kill_now(int seat) {
  std::ifstream file(home_ + "/run/node-" + std::to_string(seat) + ".pid");
  pid_t running = 0;
  file >> running;
  ASSERT_GT(running, 1);
  ASSERT_EQ(::kill(running, SIGKILL), 0);
}

bool LocalWorld::wait_ready(int seat, Millis limit) const {
  return poll_for(
      limit, [&] { return cluster::get(port(seat), "/readiness").ok(); }, Millis(20));
}

std::string LocalWorld::log(const std::string& name) const {
  return read_whole(home_ + "/logs/" + name + ".log");
}

std::size_t LocalWorld::resident_kib(int seat) const {
  std::istringstream lines(read_whole("/proc/" + std::to_string(node_pid(seat)) + "/status"));
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stoul(line.substr(6));
  }
  return 0;
}

}  // namespace dnc::cluster
