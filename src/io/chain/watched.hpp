// For the tests of this room: a watcher, and all that it handed over.
#pragma once

#include <gtest/gtest.h>

#include "io/chain/fake_chain.hpp"
#include "io/chain/membership_watcher.hpp"

namespace dnc {

class Watched {
 public:
  explicit Watched(WatcherConfig config)
      : watcher_(std::move(config), [this](const ChainView& view) {
          const std::lock_guard lock(mutex_);
          views_.push_back(view);
        }) {
    watcher_.start();
  }
  MembershipWatcher* operator->() { return &watcher_; }
  std::vector<ChainView> views() {
    const std::lock_guard lock(mutex_);
    return views_;
  }
  bool sees(const Hash& hash) {
    return eventually([&] {
      const auto all = views();
      return !all.empty() && all.back().hash == hash;
    });
  }
  bool fails_with(const std::string& code) {
    return eventually([&] { return watcher_.status().error.code == code; });
  }

 private:
  std::mutex mutex_;
  std::vector<ChainView> views_;
  MembershipWatcher watcher_;
};

inline WatcherConfig config_for(const std::vector<FakeChain*>& chains) {
  WatcherConfig config;
  for (const auto* chain : chains)
    config.chain.urls.push_back(chain->url());
  config.chain.chain_id = 31337;
  config.chain.contract = chains.front()->contract();
  config.chain.rpc_timeout = Duration(300);
  config.chain.check_interval = Duration(30);
  config.poll_interval = Duration(5);
  config.backoff_min = Duration(5);
  config.backoff_max = Duration(20);
  return config;
}

}  // namespace dnc
