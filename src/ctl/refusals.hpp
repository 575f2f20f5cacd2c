// Every reason for which a boot can be refused, in plain words, with the next step. The texts are
// the contracts' own, character for character; a test reads them from the Solidity sources.
#pragma once

#include <span>
#include <string_view>

namespace dnc::ctl {

enum class RefusedBy { cluster, kms, webhook };

struct Refusal {
  std::string_view reason;
  RefusedBy by;
  std::string_view cause;
  std::string_view next;
};

std::span<const Refusal> known_refusals();

// Null for a text that nobody explained.
const Refusal* find_refusal(std::string_view reason);

}  // namespace dnc::ctl
