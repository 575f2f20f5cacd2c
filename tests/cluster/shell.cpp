#include "shell.hpp"

#include <sys/wait.h>

#include <cstdio>

namespace dnc::cluster {
namespace {

std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text)
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

}  // namespace

ShellResult shell(const std::string& command, Millis limit) {
  const std::string line = "cd " + quoted(DNC_SOURCE_DIR) + " && exec timeout " +
                           std::to_string(limit.count() / 1000 + 1) + " bash -c " +
                           quoted(command) + " 2>&1";
  ShellResult result;
  FILE* pipe = ::popen(line.c_str(), "re");
  if (pipe == nullptr) return {-1, "popen failed"};
  char buffer[4096];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, pipe))
    result.output.append(buffer, got);
  const int status = ::pclose(pipe);
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
    text.pop_back();
  return text;
}

}  // namespace dnc::cluster
