// The seal around everything on disk. No bytes pass that were not sealed under this key.
#include "io/storage/block_record.hpp"
#include "tests/fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  dnc::ByteView bytes(data, size);
  const std::size_t key_size = dnc::fuzz::take_byte(bytes) % 16;
  const std::string key(dnc::fuzz::as_text(dnc::fuzz::take(bytes, key_size)));
  const std::string_view value = dnc::fuzz::as_text(bytes);
  if (const auto seq = dnc::record::seq_of(key))
    dnc::fuzz::require(dnc::record::block_key(*seq) == key);
  if (const auto payload = dnc::record::unseal(key, value))
    dnc::fuzz::require(dnc::record::seal(key, *payload) == value);
  const std::string sealed = dnc::record::seal(key, bytes);
  const auto opened = dnc::record::unseal(key, sealed);
  dnc::fuzz::require(opened && std::equal(opened->begin(), opened->end(), bytes.begin()));
  return 0;
}
