// What this room has to say. Strangers can cause most of it, so each kind is limited per second.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/time.hpp"

namespace dnc {

struct NetEvent {
  std::string_view code;         // snake_case, stable: "peer_refused"
  std::string_view detail;       // one sentence with names and numbers
  std::uint64_t suppressed = 0;  // events of this code that were swallowed since the last one told
};

using NetLog = std::function<void(const NetEvent&)>;  // called on the loop thread; may be empty

class LimitedLog {
 public:
  explicit LimitedLog(NetLog sink) : sink_(std::move(sink)) {}

  // Requires: `code` is a string literal.
  void tell(Time now, std::string_view code, std::string_view detail);

 private:
  struct Window {
    Time since{};
    std::uint32_t told = 0;
    std::uint64_t suppressed = 0;
  };
  NetLog sink_;
  std::map<std::string_view, Window> windows_;  // as many as there are codes in the sources
};

}  // namespace dnc
