// The local world of deploy_local.sh, as the tests drive it: the product's own scripts start and
// end everything, in a directory of its own. One world for all tests of a program run.
#pragma once

#include <sys/types.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chain.hpp"
#include "http.hpp"
#include "shell.hpp"

namespace dnc::cluster {

struct Status {
  int seat = 0;
  std::string operator_;
  std::string role;
  std::string reason;
  int leader = 0;  // 0: knows none
  std::string leader_operator;
  std::uint64_t term = 0;
  std::uint64_t commit_seq = 0;
  int quorum = 0;
  Json json;
};

class LocalWorld {
 public:
  static constexpr int kNodes = 3;

  // Started on first use. Throws std::runtime_error, with what the scripts said, if it cannot be.
  static LocalWorld& get();
  static bool started();
  static void end();  // if it was started

  // Whatever a test did: links whole, chain running, all nodes ready. False when not in time.
  bool make_whole(Millis limit = Millis(60'000));
  bool all_ready() const;

  double deploy_seconds() const { return deploy_seconds_; }
  const std::string& home() const { return home_; }
  std::string bin(const std::string& program) const { return bin_ + "/" + program; }
  std::string deployment_file() const { return home_ + "/deployments/31337.json"; }
  std::string operator_key_file(int seat) const;
  std::string operator_key(int seat) const;
  // Has the operator of each of these seats vote against the leader, whoever pays for it.
  bool depose(const std::vector<int>& voters);
  Chain& chain() { return *chain_; }
  static int port(int seat) { return 8080 + seat; }
  static std::vector<int> seats() { return {1, 2, 3}; }
  static std::vector<int> others(int seat);

  std::optional<Status> status(int seat, Millis limit = Millis(1'000)) const;
  // The node that says it leads, in the highest term. 0: none.
  int leader() const;
  // The same, but asked of the other nodes; a node that cannot be reached costs no time.
  int leader_other_than(int seat) const;
  std::optional<std::uint64_t> value(int seat, bool stale = false) const;

  // iptables -A INPUT -p tcp --dport PORT -j DROP, as the README has it.
  void drop(int seat);
  void heal();

  // scripts/node.sh COMMAND SEAT; SEAT is a number or "all".
  bool node(const std::string& command, const std::string& seat);
  bool node(const std::string& command, int seat) { return node(command, std::to_string(seat)); }
  bool chain_script(const std::string& command);
  pid_t pid(const std::string& name) const;  // "node-1", "anvil"; 0: does not run
  pid_t node_pid(int seat) const { return pid("node-" + std::to_string(seat)); }
  void kill_now(int seat);  // SIGKILL, at once
  bool wait_ready(int seat, Millis limit = Millis(60'000)) const;
  std::string log(const std::string& name) const;
  std::size_t resident_kib(int seat) const;

 private:
  LocalWorld();
  ~LocalWorld();

  std::string home_;
  std::string bin_;
  double deploy_seconds_ = 0;
  std::set<int> dropped_;
  std::unique_ptr<Chain> chain_;
};

}  // namespace dnc::cluster
