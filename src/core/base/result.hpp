// A value, or the reason why there is none. Errors carry a stable code for programs, a message that
// names the cause, and a hint that says what to do next.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "core/base/check.hpp"

namespace dnc {

struct [[nodiscard]] Error {
  std::string code;     // snake_case, stable: "chain_unreachable"
  std::string message;  // the cause, one sentence
  std::string hint;     // the next step, or empty
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}
  Result(Error error) : state_(std::move(error)) {}

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }

  // Requires: ok().
  T& value() {
    CHECK(ok());
    return std::get<T>(state_);
  }
  const T& value() const {
    CHECK(ok());
    return std::get<T>(state_);
  }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  // Requires: !ok().
  const Error& error() const {
    CHECK(!ok());
    return std::get<Error>(state_);
  }

 private:
  std::variant<T, Error> state_;
};

using Status = Result<std::monostate>;
inline Status ok_status() {
  return Status{std::monostate{}};
}

}  // namespace dnc
