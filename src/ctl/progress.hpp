// How far a long command is, for somebody who watches: one line on stderr, where that is a
// terminal, once it has taken two seconds.
#pragma once

#include <chrono>
#include <string>

namespace dnc::ctl {

class Progress {
 public:
  Progress();
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void tell(const std::string& what);

 private:
  const bool watched_;
  const std::chrono::steady_clock::time_point since_;
  bool told_ = false;
};

}  // namespace dnc::ctl
