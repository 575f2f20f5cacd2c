// Whole files, small ones: configuration, secrets, state of a few bytes.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace dnc {

inline constexpr mode_t kSecretMode = 0600;

// Errors: file_not_found, file_too_large, file_failed.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t size_max);

// After it returns, a crash at any moment leaves the old content or the new one, whole. The mode is
// set before the first byte is written. Errors: file_not_found (its directory), file_failed.
Status write_file(const std::filesystem::path& path, std::string_view content, mode_t mode = 0644);

// The same, but only if there is no such file yet: of several processes that try, one wins. Returns
// whether it was this one.
Result<bool> create_file(const std::filesystem::path& path, std::string_view content,
                         mode_t mode = 0644);

// With its parents; an existing directory keeps its mode. Error: file_failed.
Status ensure_directory(const std::filesystem::path& path, mode_t mode = 0755);

}  // namespace dnc
