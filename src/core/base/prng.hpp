// A seeded pseudo-random generator: xoshiro256** seeded by splitmix64 (Blackman and Vigna, 2018).
// Same seed, same numbers, on every machine. Not for keys.
#pragma once

#include <array>
#include <cstdint>

namespace dnc {

class Prng {
 public:
  explicit Prng(std::uint64_t seed);

  std::uint64_t next();
  std::uint64_t below(std::uint64_t bound);  // uniform in [0, bound); Requires: bound > 0
  bool chance(std::uint32_t per_mille) { return below(1000) < per_mille; }
  Prng fork() { return Prng(next()); }  // an independent stream

 private:
  std::array<std::uint64_t, 4> state_;
};

}  // namespace dnc
