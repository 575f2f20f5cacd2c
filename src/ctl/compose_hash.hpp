// The hash that dstack measures: SHA-256 of the app-compose's exact bytes. Nothing here writes the
// JSON anew: another blank is another hash.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

inline constexpr std::size_t kComposeBytesMax = 50u << 20;  // what dstack's guest reads

Hash compose_hash(std::string_view file);

// What is legal in a file but bites: a final newline, CRLF, a byte order mark, no JSON.
std::vector<std::string> compose_hash_warnings(std::string_view file);

// Prints the hash; warnings go to stderr. `path` may be "-".
ExitCode run_compose_hash(const std::string& path, Output output);

}  // namespace dnc::ctl
