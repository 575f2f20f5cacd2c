#include "io/base/key_file.hpp"

#include <sys/stat.h>

#include "core/base/hex.hpp"
#include "io/base/file.hpp"

namespace dnc {
namespace {

constexpr std::size_t kKeyFileMax = 4096;

}  // namespace

Result<PrivateKey> read_key_file(const std::string& path, const std::string& what) {
  const auto text = read_file(path, kKeyFileMax);
  if (!text) return text.error();
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & 077) != 0) {
    return Error{"bad_config", what + " " + path + " can be read by others", "chmod 600 " + path};
  }
  std::string hex = *text;
  while (!hex.empty() && (hex.back() == '\n' || hex.back() == ' '))
    hex.pop_back();
  const auto scalar = from_hex(hex);
  const auto key = scalar ? PrivateKey::from_bytes(*scalar) : std::nullopt;
  if (!key) {
    return Error{"bad_config", what + " " + path + " holds no private key",
                 "it must be 32 bytes in hex"};
  }
  return *key;
}

}  // namespace dnc
