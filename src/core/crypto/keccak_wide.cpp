// Built for processors with AVX2 where there are such; nothing else may be in this file, since what
// a processor without it calls must not be built so.
#include "core/crypto/keccak_wide.hpp"

#include <utility>

namespace dnc {
namespace {

constexpr std::size_t kWide = sizeof(std::uint64_t) * kKeccakStates;
using Word = std::uint64_t __attribute__((vector_size(kWide), may_alias));

constexpr std::uint64_t kRounds[] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};

// Where a word goes, and by how many bits it is turned on the way: rho and pi of FIPS 202.
constexpr std::size_t kTo[] = {0,  10, 20, 5, 15, 16, 1,  11, 21, 6, 7,  17, 2,
                               12, 22, 23, 8, 18, 3,  13, 14, 24, 9, 19, 4};
constexpr int kTurn[] = {0,  1,  62, 28, 27, 36, 44, 6,  55, 20, 3,  10, 43,
                         25, 39, 41, 45, 15, 21, 8,  18, 2,  61, 56, 14};

template <int kBits>
void turned(const Word& word, Word& out) {
  if constexpr (kBits == 0) {
    out = word;
  } else {
    out = word << kBits | word >> (64 - kBits);
  }
}

template <std::size_t... kColumn>
void theta(Word* a, std::index_sequence<kColumn...>) {
  Word parity[5];
  ((parity[kColumn] =
        a[kColumn] ^ a[kColumn + 5] ^ a[kColumn + 10] ^ a[kColumn + 15] ^ a[kColumn + 20]),
   ...);
  const auto mix = [&](Word* column, const Word& left, const Word& right) {
    Word other;
    turned<1>(right, other);
    other ^= left;
    column[0] ^= other;
    column[5] ^= other;
    column[10] ^= other;
    column[15] ^= other;
    column[20] ^= other;
  };
  (mix(a + kColumn, parity[(kColumn + 4) % 5], parity[(kColumn + 1) % 5]), ...);
}

template <std::size_t... kFrom>
void rho_and_pi(const Word* a, Word* b, std::index_sequence<kFrom...>) {
  (turned<kTurn[kFrom]>(a[kFrom], b[kTo[kFrom]]), ...);
}

template <std::size_t... kAt>
void chi(const Word* b, Word* a, std::index_sequence<kAt...>) {
  ((a[kAt] = b[kAt] ^ (~b[kAt / 5 * 5 + (kAt + 1) % 5] & b[kAt / 5 * 5 + (kAt + 2) % 5])), ...);
}

}  // namespace

void keccak_permute_wide(std::uint64_t* words) {
  constexpr auto kAll = std::make_index_sequence<kKeccakWords>();
  Word* const a = reinterpret_cast<Word*>(words);
  Word b[kKeccakWords];
  for (const std::uint64_t constant : kRounds) {
    theta(a, std::make_index_sequence<5>());
    rho_and_pi(a, b, kAll);
    chi(b, a, kAll);
    a[0] ^= constant;
  }
}

}  // namespace dnc
