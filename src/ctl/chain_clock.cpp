#include "ctl/chain_clock.hpp"

#include <charconv>
#include <chrono>
#include <ctime>

namespace dnc::ctl {
namespace {

// Blocks come every few seconds; a chain may stall for a moment, and clocks differ a little.
constexpr std::uint64_t kOldAfter = 120;
constexpr std::uint64_t kAheadAfter = 30;

}  // namespace

std::uint64_t utc_seconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

std::string utc_text(std::uint64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm parts{};
  if (gmtime_r(&time, &parts) == nullptr) return std::to_string(seconds);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

std::string until_text(std::uint64_t seconds) {
  return seconds == kNever ? "without an end" : "until " + utc_text(seconds);
}

std::optional<std::uint64_t> utc_from(const std::string& text) {
  std::uint64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure == std::errc{} && end == text.data() + text.size()) return seconds;
  for (const char* form : {"%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"}) {
    std::tm parts{};
    const char* rest = strptime(text.c_str(), form, &parts);
    if (rest == nullptr || *rest != 0) continue;
    const std::tm typed = parts;
    const std::time_t time = timegm(&parts);  // moves 31 February on
    if (time >= 0 && parts.tm_mday == typed.tm_mday) return static_cast<std::uint64_t>(time);
  }
  return std::nullopt;
}

Finding clock_finding(std::string gate, std::uint64_t chain_time, std::uint64_t now) {
  if (chain_time > now + kAheadAfter) {
    return refusal(std::move(gate),
                   "the newest block is " + std::to_string(chain_time - now) +
                       " s ahead of this machine's clock",
                   "set this machine's clock: timedatectl");
  }
  if (now > chain_time + kOldAfter) {
    return refusal(
        std::move(gate),
        "the newest block is " + std::to_string(now - chain_time) +
            " s old: the chain or its endpoint is stale, or this machine's clock is ahead",
        "name another endpoint with --rpc, and look at the clock: timedatectl");
  }
  return passed(std::move(gate), "the newest block is of " + utc_text(chain_time));
}

}  // namespace dnc::ctl
