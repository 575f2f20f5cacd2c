// Gets one boot of a seat onto the contract: the operator's signature and the KMS chain over one
// Join, posted and posted again until the chain shows it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "core/base/identity.hpp"
#include "core/base/time.hpp"
#include "core/consensus/input.hpp"
#include "io/chain/chain_poster.hpp"
#include "node/config.hpp"

namespace dnc {

class EventLoop;

class Joiner {
 public:
  // Runs on the loop; asks the guest agent from a thread of its own. `on_refused` is told, on the
  // loop, why a join does not succeed, each time the reason changes; an empty error when it did.
  Joiner(EventLoop& loop, const NodeConfig& config, ChainPoster& poster,
         std::function<void(const Error&)> on_refused);
  ~Joiner();
  Joiner(const Joiner&) = delete;
  Joiner& operator=(const Joiner&) = delete;

  void join(const Identity& identity);
  // Posts the join unless the view shows it or an attempt is under way.
  void on_view(const ChainView& view);

 private:
  struct Work;
  void attempt();
  void attempted(const Status& outcome);

  EventLoop& loop_;
  const NodeConfig config_;
  ChainPoster& poster_;
  std::function<void(const Error&)> on_refused_;
  std::shared_ptr<Work> work_;
  std::thread worker_;
  std::optional<Identity> identity_;
  bool under_way_ = false;
  Time next_{0};
  std::string last_reason_;
};

}  // namespace dnc
