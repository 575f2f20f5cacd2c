#include "core/eth/u256.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/hex.hpp"

namespace dnc {
namespace {

__extension__ using u128 = unsigned __int128;

std::uint64_t low(u128 value) {
  return static_cast<std::uint64_t>(value);
}

std::uint64_t high(u128 value) {
  return static_cast<std::uint64_t>(value >> 64);
}

// Divides in place, returns the remainder.
std::uint64_t divide(std::array<std::uint64_t, 4>& limbs, std::uint64_t divisor) {
  std::uint64_t remainder = 0;
  for (std::uint64_t& limb : limbs) {
    const u128 dividend = u128{remainder} << 64 | limb;
    limb = low(dividend / divisor);
    remainder = low(dividend % divisor);
  }
  return remainder;
}

}  // namespace

U256 U256::from_word(const Hash& word) {
  U256 number;
  for (std::size_t i = 0; i < Hash::kSize; ++i) {
    number.limbs_[i / 8] = number.limbs_[i / 8] << 8 | word.bytes[i];
  }
  return number;
}

std::optional<U256> U256::from_be(ByteView bytes) {
  if (bytes.size() > Hash::kSize) return std::nullopt;
  Hash word;
  std::copy(bytes.begin(), bytes.end(), word.bytes.end() - static_cast<long>(bytes.size()));
  return from_word(word);
}

std::optional<U256> U256::from_decimal(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::optional<U256> number = U256{};
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    number = number->times(10);
    if (number) number = number->plus(static_cast<std::uint64_t>(digit - '0'));
    if (!number) return std::nullopt;
  }
  return number;
}

std::optional<U256> U256::from_hex(std::string_view text) {
  if (text.starts_with("0x")) text.remove_prefix(2);
  if (text.empty() || text.size() > 2 * Hash::kSize || text.starts_with("0x")) return std::nullopt;
  const auto bytes =
      dnc::from_hex(text.size() % 2 == 0 ? std::string(text) : "0" + std::string(text));
  return bytes ? from_be(*bytes) : std::nullopt;
}

Hash U256::to_word() const {
  Hash word;
  for (std::size_t i = 0; i < Hash::kSize; ++i) {
    word.bytes[i] = static_cast<std::uint8_t>(limbs_[i / 8] >> (56 - 8 * (i % 8)));
  }
  return word;
}

std::string U256::to_decimal() const {
  std::string text;
  U256 rest = *this;
  do {
    text.push_back(static_cast<char>('0' + divide(rest.limbs_, 10)));
  } while (!rest.is_zero());
  std::reverse(text.begin(), text.end());
  return text;
}

std::string U256::to_hex0x() const {
  const std::string digits = to_hex(to_word().view());
  const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
  return "0x" + digits.substr(first);
}

std::optional<std::uint64_t> U256::to_u64() const {
  if (limbs_[0] != 0 || limbs_[1] != 0 || limbs_[2] != 0) return std::nullopt;
  return limbs_[3];
}

std::optional<U256> U256::plus(const U256& other) const {
  U256 sum;
  std::uint64_t carry = 0;
  for (std::size_t i = 4; i-- > 0;) {
    const u128 limb = u128{limbs_[i]} + other.limbs_[i] + carry;
    sum.limbs_[i] = low(limb);
    carry = high(limb);
  }
  return carry == 0 ? std::optional(sum) : std::nullopt;
}

std::optional<U256> U256::minus(const U256& other) const {
  if (*this < other) return std::nullopt;
  U256 difference;
  std::uint64_t borrow = 0;
  for (std::size_t i = 4; i-- > 0;) {
    const u128 limb = u128{limbs_[i]} - other.limbs_[i] - borrow;
    difference.limbs_[i] = low(limb);
    borrow = high(limb) & 1;
  }
  return difference;
}

std::optional<U256> U256::times(std::uint64_t factor) const {
  U256 product;
  std::uint64_t carry = 0;
  for (std::size_t i = 4; i-- > 0;) {
    const u128 limb = u128{limbs_[i]} * factor + carry;
    product.limbs_[i] = low(limb);
    carry = high(limb);
  }
  return carry == 0 ? std::optional(product) : std::nullopt;
}

U256 U256::divided_by(std::uint64_t divisor) const {
  CHECK(divisor > 0);
  U256 quotient = *this;
  divide(quotient.limbs_, divisor);
  return quotient;
}

}  // namespace dnc
