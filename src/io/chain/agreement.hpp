// What the RPC endpoints of one chain agree on. One endpoint is believed; of several, two must show
// the same block, and the same contract at it, before anything is made of it. So one that lies or
// lags makes a node blind at worst.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/consensus/input.hpp"
#include "io/chain/rpc_endpoint.hpp"

namespace dnc {

// What it takes until a generation record is not undone any more.
enum class Finality {
  depth,      // some blocks on top: a chain without a notion of it
  safe,       // at or below the block that the chain calls safe
  finalized,  // or finalized
};

class Agreement {
 public:
  struct Config {
    std::vector<std::string> urls;  // Requires: at least one
    std::uint64_t chain_id = 0;
    Address contract;
    Finality finality = Finality::depth;
    std::uint64_t final_depth = 3;
    std::uint64_t head_window = 32;  // an endpoint that is further behind does not agree
    Duration rpc_timeout{3'000};
    // How often an endpoint that failed is asked again where the others suffice, and one that did
    // not is asked for its chain id.
    Duration check_interval{10'000};
  };
  explicit Agreement(const Config& config);

  // The newest block that enough endpoints show. Errors: endpoints_disagree, endpoints_missing;
  // with one endpoint its own.
  Result<BlockHead> head();
  // The contract at the block that head() gave. Errors: as above, and those of read_chain_view().
  Result<ChainView> view(const BlockHead& block);
  // One of those that agreed. Requires: head() gave a block.
  ChainClient& client() { return sources_[agreed_.front()].endpoint->client(); }

  // Any thread: ends the call that runs and all later ones.
  void abort();
  // Those that agreed last, or that were asked. Any thread.
  std::string label() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Source {
    std::unique_ptr<RpcEndpoint> endpoint;
    bool verified = false;  // it has named its chain since it last failed
    Clock::time_point checked;
    std::optional<Error> failure;  // of the last question
  };
  struct Head {
    std::size_t source;
    BlockHead block;
  };

  std::size_t needed() const { return std::min<std::size_t>(2, sources_.size()); }
  std::vector<Head> ask_heads();
  std::optional<BlockHead> ask_head(Source& source);
  void fail(Source& source, const Error& error);
  std::vector<Head> blocks_at(BlockNumber number, const std::vector<Head>& heads);
  Status settle(ChainView& view);
  void agree(std::vector<std::size_t> sources);
  Error missing(std::size_t answered) const;
  Error disagreement(const std::vector<Head>& heads) const;

  const Config config_;
  std::vector<Source> sources_;
  std::vector<std::size_t> agreed_;
  mutable std::mutex mutex_;  // guards label_
  std::string label_;
};

}  // namespace dnc
