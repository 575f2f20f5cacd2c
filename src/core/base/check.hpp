// Assertions against our own bugs. They stay on in release: a node that has lost an invariant must
// stop, not sign. What a peer or a client sent is never checked here; it is rejected with an error.
#pragma once

namespace dnc {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace dnc

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::dnc::check_failed(#condition, __FILE__, __LINE__))
