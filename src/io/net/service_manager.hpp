// Tells the service manager how the process is, as sd_notify(3) defines it: datagrams of NAME=VALUE
// lines to the socket that NOTIFY_SOCKET names. Our own, for libsystemd would bring five libraries
// into every node for one sendto(). Any thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/time.hpp"

namespace dnc {

class ServiceManager {
 public:
  // Of a path, or of an abstract name behind '@'; empty: there is none, and nothing is told.
  explicit ServiceManager(std::string socket = {}, Duration watchdog = {})
      : socket_(std::move(socket)), watchdog_(watchdog) {}
  // As NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID have it.
  static ServiceManager from_environment();

  bool present() const { return !socket_.empty(); }
  // Who says nothing for so long is killed; 0: nobody looks.
  Duration watchdog() const { return watchdog_; }

  // "READY=1\nSTATUS=leads"; lost if the manager does not take it at once.
  void tell(const std::string& lines) const;

 private:
  std::string socket_;
  Duration watchdog_;
};

}  // namespace dnc
