#include "core/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace dnc {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "check failed: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace dnc
