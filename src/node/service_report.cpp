#include "node/service_report.hpp"

#include <algorithm>
#include <chrono>

namespace dnc {
namespace {

constexpr Duration kLookEvery{1'000};

// systemd sets it beside its own clock, to tell this reload from an earlier one.
std::string monotonic_usec() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

}  // namespace

std::string sentence_of(const NodeStatus& status) {
  const std::string seat = "seat " + std::to_string(status.seat.value);
  const std::string term = "term " + std::to_string(status.term.value);
  if (status.role == "leader") return seat + " leads " + term;
  if (status.role == "follower" && status.leader) {
    return seat + " follows seat " + std::to_string(status.leader->seat.value) + " in " + term;
  }
  const std::string why = status.reason.empty() ? "no leader is known" : status.reason;
  return seat + " does not serve, " + status.role + ": " + why;
}

void ServiceReport::alive() {
  manager_.tell("WATCHDOG=1");
  alive_at_ = loop_.now();
}

void ServiceReport::ready() {
  if (!manager_.present()) return;
  manager_.tell("READY=1");
  alive();
  look();
}

void ServiceReport::look() {
  std::string sentence = sentence_of(node_.status());
  std::replace(sentence.begin(), sentence.end(), '\n', ' ');  // a line each
  if (sentence != told_) {
    manager_.tell("STATUS=" + sentence);
    told_ = sentence;
  }
  // Twice in the time that the watchdog waits, as sd_watchdog_enabled(3) asks for.
  const Duration half = manager_.watchdog() / 2;
  if (half.count() > 0 && loop_.now() >= alive_at_ + half) alive();
  const Duration next = half.count() > 0 ? std::min(kLookEvery, half / 2) : kLookEvery;
  timer_ = loop_.after(next, [this] { look(); });
}

void ServiceReport::ended(Exit exit) {
  timer_.cancel();
  if (exit != Exit::kReboot) return manager_.tell("STOPPING=1");
  manager_.tell("RELOADING=1\nMONOTONIC_USEC=" + monotonic_usec() +
                "\nWATCHDOG=1\nSTATUS=starting again with a new boot key");
}

}  // namespace dnc
