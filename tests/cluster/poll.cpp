#include "poll.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace dnc::cluster {

bool poll_until(Moment deadline, const std::function<bool()>& holds, Millis pause) {
  for (;;) {
    if (holds()) return true;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(pause);
  }
}

void measure(const std::string& name, double value, const std::string& unit) {
  std::printf("[ measure ] %s: %.2f %s\n", name.c_str(), value, unit.c_str());
  std::fflush(stdout);
}

void measure(const std::string& name, std::vector<double> values, const std::string& unit) {
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  std::printf("[ measure ] %s: %zu runs, min %.2f, median %.2f, max %.2f %s\n", name.c_str(),
              values.size(), values.front(), values[values.size() / 2], values.back(),
              unit.c_str());
  std::fflush(stdout);
}

Quantiles measure_quantiles(const std::string& name, std::vector<double> values,
                            const std::string& unit) {
  if (values.empty()) return {};
  std::sort(values.begin(), values.end());
  const auto at = [&](std::size_t per_cent) {  // the smallest that so many are not above
    return values[(values.size() * per_cent + 99) / 100 - 1];
  };
  const Quantiles found{at(50), at(90), at(99)};
  std::printf("[ measure ] %s: %zu runs, p50 %.3f, p90 %.3f, p99 %.3f %s\n", name.c_str(),
              values.size(), found.p50, found.p90, found.p99, unit.c_str());
  std::fflush(stdout);
  return found;
}

int count_from(const char* variable, int fallback) {
  const char* text = std::getenv(variable);
  const int value = text == nullptr ? fallback : std::atoi(text);
  return value > 0 ? value : fallback;
}

}  // namespace dnc::cluster
