// The permutation of Keccak on four states at once: one wide register holds a word of each. Inside
// of this room; keccak256_each() knows when to use it.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dnc {

inline constexpr std::size_t kKeccakWords = 25;
inline constexpr std::size_t kKeccakStates = 4;

// Word i of state s is at i * kKeccakStates + s. `words` is aligned to 32 bytes.
void keccak_permute_wide(std::uint64_t* words);

}  // namespace dnc
