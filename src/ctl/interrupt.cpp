#include "ctl/interrupt.hpp"

#include <signal.h>

#include <atomic>

namespace dnc::ctl {
namespace {

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

void on_signal(int) {
  interrupted = true;
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESETHAND;
  for (const int signal : {SIGINT, SIGTERM})
    ::sigaction(signal, &action, nullptr);
}

}  // namespace

Interrupt::Interrupt() {
  interrupted = false;
  handle(on_signal);
}

Interrupt::~Interrupt() {
  handle(SIG_DFL);
}

bool Interrupt::asked() {
  return interrupted;
}

}  // namespace dnc::ctl
