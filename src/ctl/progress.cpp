#include "ctl/progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace dnc::ctl {
namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr const char* kWipe = "\r\033[K";

}  // namespace

Progress::Progress()
    : watched_(::isatty(STDERR_FILENO) == 1), since_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (told_) std::fputs(kWipe, stderr);
}

void Progress::tell(const std::string& what) {
  if (!watched_ || std::chrono::steady_clock::now() - since_ < kPatience) return;
  told_ = true;
  std::fprintf(stderr, "%s%s", kWipe, what.c_str());
}

}  // namespace dnc::ctl
