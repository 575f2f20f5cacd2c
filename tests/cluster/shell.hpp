// Commands, as a user types them.
#pragma once

#include <string>

#include "poll.hpp"

namespace dnc::cluster {

struct ShellResult {
  int status = 0;
  std::string output;  // both streams

  bool ok() const { return status == 0; }
};

// Runs a line of shell in the source tree. Ended, with a status other than 0, after `limit`.
ShellResult shell(const std::string& command, Millis limit = Millis(60'000));

std::string trimmed(std::string text);

}  // namespace dnc::cluster
