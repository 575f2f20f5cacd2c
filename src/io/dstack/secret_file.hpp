// A secret of some bytes, kept as hex in a file of its own.
#pragma once

#include <filesystem>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dnc {

// What the file holds; when there is none, `fresh` is stored (0600), once for all processes that
// try. Errors: secret_malformed (not hex of fresh's size), and those of files.
Result<Bytes> load_or_create_secret(const std::filesystem::path& path, ByteView fresh);

}  // namespace dnc
