// Answers those who want to know which machine this is. The guest agent blocks and a quote takes
// its time, so one worker asks it, a few wait, and more are turned away.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/base/result.hpp"
#include "core/base/time.hpp"
#include "io/dstack/attestation.hpp"

namespace dnc {

class EventLoop;

struct AttesterLimits {
  std::size_t waiting_max = 8;   // beside the one that is under way
  Duration waits_max{10'000};    // in the queue; then it is refused unasked
  Duration call_timeout{3'000};  // of each question to the guest agent
};

// Loop thread only.
class Attester {
 public:
  // Errors: overloaded; those of complete().
  using Done = std::function<void(const Result<Attestation>&)>;

  Attester(EventLoop& loop, const std::string& guest_agent, const AttesterLimits& limits = {});
  ~Attester();  // what waits is not answered any more
  Attester(const Attester&) = delete;
  Attester& operator=(const Attester&) = delete;

  // `statement` has domain, identity, nonce and signature. `done` is called once, on the loop,
  // possibly before the call returns.
  void attest(Attestation statement, Done done);

 private:
  struct Work;
  std::shared_ptr<Work> work_;
  std::thread worker_;
};

}  // namespace dnc
