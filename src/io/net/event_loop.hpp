// The one thread on which everything in this room runs: sockets, timers and whatever is posted.
#pragma once

#include <functional>
#include <memory>

#include "core/base/time.hpp"

namespace dnc {

// Owns a pending call; destroying or cancelling the handle takes the call back. Loop thread only.
// Requires: the loop outlives it.
class Timer {
 public:
  struct State;

  Timer() = default;
  explicit Timer(std::shared_ptr<State> state) : state_(std::move(state)) {}
  ~Timer() { cancel(); }
  Timer(Timer&& other) noexcept = default;
  Timer& operator=(Timer&& other) noexcept;

  void cancel();
  bool pending() const;

 private:
  std::shared_ptr<State> state_;
};

class EventLoop {
 public:
  struct Impl;

  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  void run();   // until stop(); may be called again afterwards
  void stop();  // any thread; what is posted but not yet run waits for the next run()
  void post(std::function<void()> task);  // any thread; never runs the task inside the call
  [[nodiscard]] Timer after(Duration delay, std::function<void()> task);  // loop thread
  Time now() const;  // any thread; monotonic, since the loop was made

  // Calls `handler` on the loop for each SIGTERM and SIGINT, instead of the process dying of it.
  void on_signal(std::function<void(int signal)> handler);

  Impl& impl() { return *impl_; }  // for this room's sources only (asio.hpp)

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace dnc
