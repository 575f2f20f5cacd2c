// ^C and SIGTERM as a question that a long command asks, so that it can leave things as they were.
#pragma once

namespace dnc::ctl {

// From its construction to its end. The second signal ends the program at once. One at a time.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  static bool asked();  // from any thread
};

}  // namespace dnc::ctl
