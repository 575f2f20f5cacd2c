// The file that a deployment leaves behind: which contract on which chain.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

namespace dnc {

struct Deployment {
  std::uint64_t chain_id = 0;
  Address contract;
};

// Errors: those of read_file, json_malformed, json_field.
Result<Deployment> read_deployment(const std::string& path);

}  // namespace dnc
