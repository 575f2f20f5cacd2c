// Virtual time. Events run in order of (time, insertion): one order, on every machine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/base/check.hpp"
#include "core/base/time.hpp"

namespace dnc {

class EventQueue {
 public:
  using Action = std::function<void()>;

  Time now() const { return now_; }

  void after(Duration delay, Action action) {
    CHECK(delay.count() >= 0);
    heap_.push_back({now_ + delay, inserted_++, std::move(action)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }

  // Runs the next event unless it lies after `end`; false when there was none to run.
  bool run_next(Time end) {
    if (heap_.empty() || heap_.front().time > end) return false;
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const Event event = std::move(heap_.back());
    heap_.pop_back();
    now_ = event.time;
    event.action();
    return true;
  }

  // Requires: no event lies before `time`.
  void advance_to(Time time) {
    CHECK(time >= now_ && (heap_.empty() || heap_.front().time >= time));
    now_ = time;
  }

 private:
  struct Event {
    Time time;
    std::uint64_t order;
    Action action;
  };
  static bool later(const Event& left, const Event& right) {
    return left.time != right.time ? left.time > right.time : left.order > right.order;
  }

  Time now_{0};
  std::uint64_t inserted_ = 0;
  std::vector<Event> heap_;
};

}  // namespace dnc
