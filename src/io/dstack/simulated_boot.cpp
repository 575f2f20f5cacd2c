#include "io/dstack/simulated_boot.hpp"

#include "io/base/log.hpp"
#include "io/net/event_loop.hpp"

namespace dnc {

SimulatedBoot::SimulatedBoot(EventLoop& loop, const std::string& kms_url, const BootInfo& info,
                             Duration retry_after)
    : loop_(loop),
      kms_(kms_url),
      outcome_(std::make_shared<Outcome>(
          Outcome{Error{"kms_not_asked", "the KMS has not answered yet", ""}})),
      worker_([this, info, retry_after] { ask(info, retry_after); }) {}

SimulatedBoot::~SimulatedBoot() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  kms_.abort();
  worker_.join();
}

bool SimulatedBoot::ended_within(Duration pause) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, pause, [this] { return ending_; });
}

void SimulatedBoot::ask(const BootInfo& info, Duration retry_after) {
  std::string last_reason;
  do {
    const auto keys = kms_.app_keys(info);
    loop_.post([outcome = outcome_, keys] { outcome->keys = keys; });
    if (keys) return log_info("boot_allowed", {{"instance_id", info.instance_id}});
    if (keys.error().message != last_reason) log_failure("boot_refused", keys.error());
    last_reason = keys.error().message;
  } while (!ended_within(retry_after));
}

}  // namespace dnc
