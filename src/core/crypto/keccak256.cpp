#include "core/crypto/keccak256.hpp"

#include <cryptopp/keccak.h>

#include <array>
#include <bit>
#include <cstring>

#include "core/crypto/keccak_wide.hpp"

namespace dnc {
namespace {

constexpr std::size_t kBlockBytes = 136;  // of input for one permutation
constexpr std::size_t kBlockWords = kBlockBytes / sizeof(std::uint64_t);
constexpr std::size_t kHashWords = Hash::kSize / sizeof(std::uint64_t);

static_assert(std::endian::native == std::endian::little, "the words of Keccak are little-endian");

bool has_wide_registers() {
#if defined(__x86_64__)
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
#else
  return false;
#endif
}

// Up to four messages that take one block each, and where their hashes go.
class Wide {
 public:
  void add(ByteView message, Hash& out) {
    std::array<std::uint8_t, kBlockBytes> block{};
    std::copy(message.begin(), message.end(), block.begin());
    block[message.size()] ^= 0x01;
    block.back() ^= 0x80;
    for (std::size_t i = 0; i < kBlockWords; ++i)
      std::memcpy(&words_[i * kKeccakStates + count_], block.data() + 8 * i, 8);
    out_[count_++] = &out;
  }

  std::size_t count() const { return count_; }

  void finish() {
    keccak_permute_wide(words_.data());
    for (std::size_t state = 0; state < count_; ++state) {
      for (std::size_t i = 0; i < kHashWords; ++i)
        std::memcpy(out_[state]->bytes.data() + 8 * i, &words_[i * kKeccakStates + state], 8);
    }
    words_ = {};
    count_ = 0;
  }

 private:
  alignas(32) std::array<std::uint64_t, kKeccakWords * kKeccakStates> words_{};
  std::array<Hash*, kKeccakStates> out_{};
  std::size_t count_ = 0;
};

}  // namespace

Hash keccak256(ByteView bytes) {
  CryptoPP::Keccak_256 hasher;
  hasher.Update(bytes.data(), bytes.size());
  Hash digest;
  hasher.Final(digest.bytes.data());
  return digest;
}

std::vector<Hash> keccak256_each(std::span<const ByteView> messages) {
  std::vector<Hash> hashes(messages.size());
  const bool wide_pays = has_wide_registers() && messages.size() > 1;
  Wide wide;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!wide_pays || messages[i].size() >= kBlockBytes) {
      hashes[i] = keccak256(messages[i]);
      continue;
    }
    wide.add(messages[i], hashes[i]);
    if (wide.count() == kKeccakStates) wide.finish();
  }
  if (wide.count() > 0) wide.finish();
  return hashes;
}

}  // namespace dnc
