#include "io/base/random.hpp"

#include <sys/random.h>

#include <cerrno>

#include "core/base/check.hpp"

namespace dnc {

void fill_random(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t size = ::getrandom(out.data(), out.size(), 0);
    CHECK(size >= 0 || errno == EINTR);
    if (size > 0) out = out.subspan(static_cast<std::size_t>(size));
  }
}

}  // namespace dnc
