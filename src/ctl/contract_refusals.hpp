// Every custom error of the contract in plain words, with the next step. A test holds the names
// against those that io/chain can decode.
#pragma once

#include <span>
#include <string_view>

#include "ctl/report.hpp"

namespace dnc::ctl {

struct ContractRefusal {
  std::string_view name;  // of the custom error
  std::string_view cause;
  std::string_view next;
};

std::span<const ContractRefusal> contract_refusals();

// Null for an error that nobody explained.
const ContractRefusal* find_contract_refusal(std::string_view name);

// The first custom error that a text names, as in "NotOperator(3, 0x..)"; null for none.
const ContractRefusal* contract_refusal_in(std::string_view text);

// Why the contract refuses, as describe_revert() tells it.
Finding contract_refuses(std::string_view revert);

}  // namespace dnc::ctl
