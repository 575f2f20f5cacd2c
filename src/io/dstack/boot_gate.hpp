// What dstack's KMS tells about a machine that wants keys: as the JSON of the authorisation webhook
// and as the bytes of the contract's call. The Solidity side:
// contracts/src/interfaces/IAppAuth.sol.
#pragma once

#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "io/base/json.hpp"

namespace dnc {

struct BootInfo {
  Address app_id;
  Hash compose_hash;
  Address instance_id;  // zero: the compose sets no_instance_id
  Hash device_id;
  Hash mr_aggregated;
  Hash mr_system;
  Hash os_image_hash;
  std::string tcb_status;
  std::vector<std::string> advisory_ids;

  bool operator==(const BootInfo&) const = default;
};

struct BootAnswer {
  bool allowed = false;
  std::string reason;  // why not; empty when allowed
};

// The rules of dstack's auth-eth: 0x is optional, case does not matter, hex that is too short is
// filled with zeros on its left, fields that it does not know are ignored. Error: bad_boot_info.
Result<BootInfo> parse_boot_info(const Json& body);
// As the KMS writes it: bare lower-case hex.
Json boot_info_json(const BootInfo& info);

Bytes encode_is_app_allowed(const BootInfo& info);
Bytes encode_is_kms_allowed(const BootInfo& info);
Result<BootAnswer> decode_boot_answer(ByteView answer);  // Error: bad_chain_answer

}  // namespace dnc
