// Our clock against the chain's.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ctl/report.hpp"

namespace dnc::ctl {

inline constexpr std::uint64_t kNever = UINT64_MAX;  // an end that never comes

std::uint64_t utc_seconds();  // by our own clock
std::string utc_text(std::uint64_t seconds);
std::string until_text(std::uint64_t seconds);  // "until 2027-01-31T..", or "without an end"
// "2027-01-31", "2027-01-31T12:00:00Z", or seconds; empty for anything else.
std::optional<std::uint64_t> utc_from(const std::string& text);

// Is the newest block of about now? One that is old or of the future: an endpoint that lags, or a
// clock that is off.
Finding clock_finding(std::string gate, std::uint64_t chain_time, std::uint64_t now);

}  // namespace dnc::ctl
