#include "io/dstack/secret_file.hpp"

#include "core/base/hex.hpp"
#include "io/base/file.hpp"

namespace dnc {
namespace {

constexpr std::size_t kSecretFileSizeMax = 256;

}  // namespace

Result<Bytes> load_or_create_secret(const std::filesystem::path& path, ByteView fresh) {
  auto text = read_file(path, kSecretFileSizeMax);
  if (!text && text.error().code == "file_not_found") {
    const auto created = create_file(path, to_hex0x(fresh) + "\n", kSecretMode);
    if (!created) return created.error();
    text = read_file(path, kSecretFileSizeMax);
  }
  if (!text) return text.error();
  while (text->ends_with('\n') || text->ends_with(' '))
    text->pop_back();
  auto secret = from_hex(*text);
  if (secret && secret->size() == fresh.size()) return std::move(*secret);
  return Error{"secret_malformed",
               path.string() + " does not hold " + std::to_string(fresh.size()) + " bytes of hex",
               "remove the file to have a new one made"};
}

}  // namespace dnc
