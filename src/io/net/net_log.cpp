#include "io/net/net_log.hpp"

namespace dnc {

namespace {

constexpr std::uint32_t kToldPerWindow = 5;
constexpr Duration kWindow{1'000};

}  // namespace

void LimitedLog::tell(Time now, std::string_view code, std::string_view detail) {
  if (!sink_) return;
  Window& window = windows_[code];
  if (now - window.since >= kWindow) {
    window.since = now;
    window.told = 0;
  }
  if (window.told >= kToldPerWindow) {
    ++window.suppressed;
    return;
  }
  ++window.told;
  sink_({code, detail, std::exchange(window.suppressed, 0)});
}

}  // namespace dnc
