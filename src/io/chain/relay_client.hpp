// For a node without ether: posts its calls to the /relay of peers, one after the other, until one
// of them has brought it onto the chain.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/time.hpp"
#include "io/chain/chain_poster.hpp"

namespace dnc {

struct RelayClientConfig {
  std::vector<std::string> urls;  // of relays that are always tried, first: "http://host:8081"
  Duration connect_timeout{1'000};
  Duration call_timeout{3'000};     // of one request
  Duration ask_again{300};          // while a relay works on it
  Duration relay_patience{30'000};  // for one relay to bring it about; then the next is asked
  Duration backoff_min{500};        // after a round in which nobody helped, doubling up to the cap
  Duration backoff_max{5'000};
  Duration give_up_after{60'000};  // from post() to the verdict, whatever happens
  std::size_t queue_max = 16;      // waiting calls
};

// Beside the error codes of every poster: nobody_relays, whose message says what each one answered.
class RelayClient : public ChainPoster {
 public:
  explicit RelayClient(RelayClientConfig config);
  ~RelayClient() override;  // stop()
  RelayClient(const RelayClient&) = delete;
  RelayClient& operator=(const RelayClient&) = delete;

  // Endpoints of the members, HOST:PORT, as the contract shows them. Any thread.
  void set_peers(const std::vector<std::string>& endpoints);

  void post(std::string description, Bytes calldata, OnTxDone on_done) override;
  void stop() override;
  // Why the last round of asking brought nothing; empty code when it did. Any thread.
  Error trouble() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
