// Waiting with a deadline, and figures worth printing.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace dnc::cluster {

using Clock = std::chrono::steady_clock;
using Moment = Clock::time_point;
using Millis = std::chrono::milliseconds;

// Asks until it holds; false when the deadline came first. The only place that pauses.
bool poll_until(Moment deadline, const std::function<bool()>& holds, Millis pause = Millis(10));
inline bool poll_for(Millis limit, const std::function<bool()>& holds, Millis pause = Millis(10)) {
  return poll_until(Clock::now() + limit, holds, pause);
}

inline double seconds_between(Moment from, Moment to) {
  return std::chrono::duration<double>(to - from).count();
}
inline double seconds_since(Moment from) {
  return seconds_between(from, Clock::now());
}

// "[ measure ] name: 0.81 s" or, for several runs, their number, minimum, median and maximum.
void measure(const std::string& name, double value, const std::string& unit = "s");
void measure(const std::string& name, std::vector<double> values, const std::string& unit = "s");

// The same as quantiles: "[ measure ] name: 50 runs, p50 0.05, p90 0.08, p99 0.11 s".
struct Quantiles {
  double p50 = 0;
  double p90 = 0;
  double p99 = 0;
};
Quantiles measure_quantiles(const std::string& name, std::vector<double> values,
                            const std::string& unit = "s");

// A positive number from the environment.
int count_from(const char* variable, int fallback);

}  // namespace dnc::cluster
