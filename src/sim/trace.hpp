// What happened, folded into one number: the same seed must give the same number. On request also
// as lines to read.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/time.hpp"

namespace dnc {

class Trace {
 public:
  using Sink = std::function<void(const std::string&)>;

  void set_sink(Sink sink) { sink_ = std::move(sink); }
  // Lines are built only when somebody reads them.
  bool readable() const { return static_cast<bool>(sink_); }
  std::uint64_t hash() const { return hash_; }

  // Folds an event in. `what` is a short constant name.
  void mix(Time now, Seat seat, std::string_view what, ByteView detail = {});
  // Writes a line. Requires: readable().
  void line(Time now, Seat seat, const std::string& text) const;

 private:
  void fold(std::uint64_t word) {
    hash_ = (hash_ ^ word) * 0x9e3779b97f4a7c15;
    hash_ ^= hash_ >> 29;
  }
  void fold(ByteView bytes);

  Sink sink_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
};

}  // namespace dnc
