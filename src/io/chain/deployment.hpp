// The file that a deployment leaves behind: which contract on which chain, and what it is made of.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/ids.hpp"
#include "core/base/result.hpp"

namespace dnc {

struct Deployment {
  std::uint64_t chain_id = 0;
  Address contract;
  BlockNumber block;  // nothing of the contract lies before it; 0 where the file does not say
  // What only the operator's tools ask for; empty where the file does not say.
  std::optional<Address> implementation;
  std::optional<Address> factory;
  std::optional<Address> kms_contract;
  std::map<std::string, Address> libraries;  // "JoinLogic" -> where its code stands
};

// Errors: those of read_file, json_malformed, json_field.
Result<Deployment> read_deployment(const std::string& path);

}  // namespace dnc
