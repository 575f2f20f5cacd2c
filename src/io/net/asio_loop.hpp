// The inside of EventLoop, for the few sources of this room that name Asio.
#pragma once

#include <asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>

#include "io/net/event_loop.hpp"

namespace dnc {

struct EventLoop::Impl {
  asio::io_context io{1};  // one thread runs it: Asio keeps what it posts to itself out of the lock
  std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  std::shared_ptr<void> signals;  // the signal set and its handler, once there is one
};

inline asio::io_context& io_of(EventLoop& loop) {
  return loop.impl().io;
}

}  // namespace dnc
