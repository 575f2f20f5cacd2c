// What several paths read from a request, checked. Errors are bad_request with a hint.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "io/base/json.hpp"
#include "io/net/http_server.hpp"

namespace dnc {

Error bad_request(std::string message, std::string hint);

// How a write is to be done: under which idempotency key (empty: the node makes one), and whether
// its answer carries a receipt, which needs a key.
struct WriteParts {
  Bytes key;
  bool receipt = false;
};
Result<WriteParts> write_parts(const HttpRequest& request);

// The body of a request that an operator signed. Each number is read from the field of its name.
Result<Json> object_in(const std::string& body, const char* hint);
Status read_numbers(const Json& json,
                    std::initializer_list<std::pair<const char*, std::uint64_t*>> numbers,
                    const char* hint);

// ?consistency=: true for linearizable, the default; false for stale.
Result<bool> wants_linearizable(const HttpRequest& request);

// An integer of the query that is at least `min`; `example` is a request that is right.
Result<std::uint64_t> query_number(const HttpRequest& request, std::string_view name,
                                   std::uint64_t fallback, std::uint64_t min,
                                   std::string_view example);

}  // namespace dnc
