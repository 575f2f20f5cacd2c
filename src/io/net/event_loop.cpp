#include "io/net/event_loop.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/post.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>
#include <csignal>

#include "io/net/asio_loop.hpp"

namespace dnc {

struct Timer::State {
  explicit State(asio::io_context& io) : timer(io) {}
  asio::steady_timer timer;
  std::function<void()> task;  // empty once it has run or was cancelled
};

Timer& Timer::operator=(Timer&& other) noexcept {
  if (this != &other) {
    cancel();
    state_ = std::move(other.state_);
  }
  return *this;
}

void Timer::cancel() {
  if (const auto state = std::move(state_); state && state->task) {
    const auto task = std::exchange(state->task, nullptr);  // dies after the timer is quiet
    state->timer.cancel();
  }
}

bool Timer::pending() const {
  return state_ && state_->task;
}

EventLoop::EventLoop() : impl_(std::make_unique<Impl>()) {}
EventLoop::~EventLoop() = default;

void EventLoop::run() {
  const auto work = asio::make_work_guard(impl_->io);
  impl_->io.run();
  impl_->io.restart();  // after, not before: a stop() that came early must not be forgotten
}

void EventLoop::stop() {
  impl_->io.stop();
}

void EventLoop::post(std::function<void()> task) {
  asio::post(impl_->io, std::move(task));
}

Timer EventLoop::after(Duration delay, std::function<void()> task) {
  auto state = std::make_shared<Timer::State>(impl_->io);
  state->task = std::move(task);
  state->timer.expires_after(delay);
  state->timer.async_wait([state](const asio::error_code& error) {
    if (error || !state->task) return;  // may have expired before it was cancelled
    const auto due = std::exchange(state->task, nullptr);
    due();
  });
  return Timer(std::move(state));
}

Time EventLoop::now() const {
  return std::chrono::duration_cast<Time>(std::chrono::steady_clock::now() - impl_->started);
}

namespace {

struct SignalWatch : std::enable_shared_from_this<SignalWatch> {
  explicit SignalWatch(asio::io_context& io) : set(io, SIGTERM, SIGINT) {}

  void wait() {
    set.async_wait([weak = weak_from_this()](const asio::error_code& error, int signal) {
      const auto self = weak.lock();
      if (error || !self) return;
      self->wait();
      self->handler(signal);
    });
  }

  asio::signal_set set;
  std::function<void(int)> handler;
};

}  // namespace

void EventLoop::on_signal(std::function<void(int signal)> handler) {
  const auto watch = std::make_shared<SignalWatch>(impl_->io);
  watch->handler = std::move(handler);
  watch->wait();
  impl_->signals = watch;
}

}  // namespace dnc
