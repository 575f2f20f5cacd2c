// Virtual time. Events run in order of (time, insertion): one order, on every machine.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "core/base/check.hpp"
#include "core/base/time.hpp"

namespace dnc {

// Nearly all events lie within the next few milliseconds: each of the next kNear has a list of its
// own, found without a search. What lies further off waits in a map until it is near.
class EventQueue {
 public:
  using Action = std::function<void()>;

  Time now() const { return now_; }

  void after(Duration delay, Action action) {
    CHECK(delay.count() >= 0);
    const Time time = now_ + delay;
    (delay.count() < kNear ? near(time) : far_[time]).push_back(std::move(action));
    ++waiting_;
  }

  // Runs the next event unless it lies after `end`; false when there was none to run.
  bool run_next(Time end) {
    if (waiting_ == 0) return false;
    while (done_ == near(now_).size()) {
      if (now_ >= end) return false;
      go_to(now_ + Duration(1));
    }
    --waiting_;
    const Action action = std::move(near(now_)[done_++]);
    action();
    return true;
  }

  // Requires: no event lies before `time`.
  void advance_to(Time time) {
    CHECK(time >= now_);
    while (waiting_ > 0 && now_ < time) {
      CHECK(done_ == near(now_).size());
      go_to(now_ + Duration(1));
    }
    if (now_ < time) go_to(time);
  }

 private:
  static constexpr std::int64_t kNear = 512;
  using Actions = std::vector<Action>;

  Actions& near(Time time) { return near_[static_cast<std::size_t>(time.count() % kNear)]; }

  // Requires: all events of now are done, and none lies between.
  void go_to(Time time) {
    near(now_).clear();
    done_ = 0;
    now_ = time;
    // Inserted before anything that comes to this list from now on.
    const auto next = far_.begin();
    if (next == far_.end() || next->first >= now_ + Duration(kNear)) return;
    near(next->first) = std::move(next->second);
    far_.erase(next);
  }

  Time now_{0};
  std::array<Actions, kNear> near_;  // by time, for now and less than kNear ahead
  std::size_t done_ = 0;             // of the events of now
  std::map<Time, Actions> far_;
  std::size_t waiting_ = 0;
};

}  // namespace dnc
