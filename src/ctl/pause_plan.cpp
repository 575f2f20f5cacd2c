#include "ctl/pause_plan.hpp"

#include <charconv>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "ctl/chain_clock.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kLongest = 100ull * 365 * 86'400;  // more is a mistake: say never

std::optional<std::uint64_t> seconds_in(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3'600;
    case 'd':
      return 86'400;
    default:
      return std::nullopt;
  }
}

// The same duration typed again later names a later end: within a tenth it is the same pause.
bool is_done(const PauseEnd& end, std::uint64_t until, const PauseState& pause) {
  if (!pause.lasts()) return false;
  const std::uint64_t apart = pause.until > until ? pause.until - until : until - pause.until;
  return end.at != 0 ? apart == 0 : apart <= end.lasts / 10;
}

Finding guardian_part(const PauseFacts& facts) {
  if (facts.guardian == Address{})
    return passed("guardian", "none is named: the owner alone pauses");
  const std::string who = to_hex0x(facts.guardian);
  if (facts.guardian_limit == 0) {
    return passed("guardian", who + " may pause, for 30 days from its first pause on");
  }
  if (facts.guardian_limit > facts.pause.time) {
    return passed("guardian", who + " may pause until " + utc_text(facts.guardian_limit));
  }
  return warning(
      "guardian",
      who + " has used up its time at " + utc_text(facts.guardian_limit) + ", and pauses no more",
      "the owner names it again: setGuardian(address)");
}

void add_unjoined(const PauseFacts& facts, Report& report) {
  if (facts.unjoined.empty()) return;
  std::string list;
  for (const Seat seat : facts.unjoined)
    list += (list.empty() ? "" : ", ") + std::to_string(seat.value);
  report.push_back(warning("seats", "never joined, and cannot meanwhile: " + list, ""));
}

void add_scope(Report& report) {
  report.push_back(passed("stops",
                          "joins of seats that do not run; mint, reinstate, new compose hashes, "
                          "devices and KMS roots, looser boot rules"));
  report.push_back(passed("goes on",
                          "writes, changes of leader, votes, reports, restarts of seats that have "
                          "joined, leave, replace, revoke"));
}

}  // namespace

std::optional<PauseEnd> pause_end_from(const std::string& text) {
  if (text == "never") return PauseEnd{kNever, 0};
  if (const auto at = utc_from(text))
    return *at == 0 ? std::nullopt : std::optional(PauseEnd{*at, 0});
  if (text.empty()) return std::nullopt;
  const auto unit = seconds_in(text.back());
  const char* end = text.data() + text.size() - 1;
  std::uint64_t count = 0;
  const auto [rest, failure] = std::from_chars(text.data(), end, count);
  const bool whole = unit && failure == std::errc{} && rest == end && count > 0;
  if (!whole || count > kLongest / *unit) return std::nullopt;
  return PauseEnd{0, count * *unit};
}

Report describe(const PauseFacts& facts) {
  Report report{passed("pause", "the contract is " + describe(facts.pause))};
  if (facts.pause.lasts()) {
    add_scope(report);
    add_unjoined(facts, report);
  }
  report.push_back(guardian_part(facts));
  return report;
}

Plan plan_pause(const PauseEnd& end, const PauseFacts& facts) {
  const std::uint64_t until = end.at != 0 ? end.at : facts.pause.time + end.lasts;
  Plan plan{{passed("pause", "the contract is " + describe(facts.pause))},
            is_done(end, until, facts.pause),
            AbiEncoder().number(until).call("pauseUntil(uint64)"),
            facts.owner};
  if (plan.done) return plan;
  if (until <= facts.pause.time) {
    plan.report.push_back(refusal("end", "the time is over: " + utc_text(until),
                                  "name a later one: --until 2030-01-01, or --until 7d"));
    return plan;
  }
  add_scope(plan.report);
  add_unjoined(facts, plan.report);
  plan.report.push_back(guardian_part(facts));
  plan.report.push_back(
      until == kNever
          ? warning("end", "none: it lasts until the contract's owner sends clusterctl resume", "")
          : passed("end", utc_text(until) + ", by itself: nobody has to send anything"));
  return plan;
}

Plan plan_resume(const PauseFacts& facts) {
  Plan plan{{passed("pause", "the contract is " + describe(facts.pause))},
            !facts.pause.lasts(),
            AbiEncoder().call("unpause()"),
            facts.owner};
  if (plan.done) return plan;
  plan.report.push_back(passed("grants", "mints and joins of new seats go on at once"));
  return plan;
}

}  // namespace dnc::ctl
