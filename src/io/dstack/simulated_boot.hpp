// What a machine does before its apps may start: asks the KMS for its keys, and asks again as long
// as it is refused.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "io/dstack/app_keys.hpp"

namespace dnc {

class EventLoop;

class SimulatedBoot {
 public:
  // Requires: the loop outlives it. Loop thread only.
  SimulatedBoot(EventLoop& loop, const std::string& kms_url, const BootInfo& info,
                Duration retry_after = Duration{2'000});
  ~SimulatedBoot();
  SimulatedBoot(const SimulatedBoot&) = delete;
  SimulatedBoot& operator=(const SimulatedBoot&) = delete;

  // The keys, once they were given: they stay, as they do in a machine that runs. Until then the
  // reason of the last refusal.
  const Result<AppKeys>& keys() const { return outcome_->keys; }

 private:
  struct Outcome {  // shared with what is posted and may run after the boot has gone
    Result<AppKeys> keys;
  };
  void ask(const BootInfo& info, Duration retry_after);
  bool ended_within(Duration pause);

  EventLoop& loop_;
  KmsClient kms_;
  std::shared_ptr<Outcome> outcome_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread worker_;
};

}  // namespace dnc
