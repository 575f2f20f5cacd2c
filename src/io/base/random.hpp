// Randomness of the operating system: for keys and seeds.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace dnc {

// Stops the process if the system has none to give: a key without randomness is worse.
void fill_random(std::span<std::uint8_t> out);

template <std::size_t N>
std::array<std::uint8_t, N> random_bytes() {
  std::array<std::uint8_t, N> bytes;
  fill_random(bytes);
  return bytes;
}

}  // namespace dnc
