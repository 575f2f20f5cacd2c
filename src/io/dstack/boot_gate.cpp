#include "io/dstack/boot_gate.hpp"

#include <nlohmann/json.hpp>

#include "core/eth/abi.hpp"

namespace dnc {
namespace {

constexpr std::size_t kTcbStatusMax = 128;  // characters, as auth-eth counts
constexpr std::size_t kAdvisoriesMax = 128;
constexpr std::size_t kAdvisoryMax = 256;
constexpr std::string_view kBootInfoType =
    "((address,bytes32,address,bytes32,bytes32,bytes32,bytes32,string,string[]))";

Error bad_boot_info(const std::string& what) {
  return {"bad_boot_info", "this is no boot info: " + what,
          "give the JSON that the KMS posts to /bootAuth/app"};
}

Error bad_field(const char* field, const std::string& what) {
  return bad_boot_info("field \"" + std::string(field) + "\" " + what);
}

// Requires: body is an object.
Result<std::string> text_of(const Json& body, const char* field, bool required) {
  if (!body.contains(field)) {
    if (required) return bad_field(field, "is missing");
    return std::string();
  }
  if (!body[field].is_string()) return bad_field(field, "is no text");
  return body[field].get<std::string>();
}

template <class Fixed>
Status read_padded(const Json& body, const char* field, bool required, Fixed& out) {
  const auto text = text_of(body, field, required);
  if (!text) return text.error();
  std::string_view digits = *text;
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  const std::size_t wanted = Fixed::kSize * 2;
  if (digits.size() > wanted) {
    return bad_field(field, "is longer than " + std::to_string(Fixed::kSize) + " bytes");
  }
  std::string padded(wanted - digits.size(), '0');
  padded += digits;
  const bool prefixed_twice = padded.starts_with("0x");
  const auto value = prefixed_twice ? std::nullopt : fixed_from_hex<Fixed>(padded);
  if (!value) return bad_field(field, "is not hex");
  out = *value;
  return ok_status();
}

Result<std::vector<std::string>> advisories_of(const Json& body) {
  std::vector<std::string> advisories;
  if (!body.contains("advisoryIds")) return advisories;
  const Json& list = body["advisoryIds"];
  if (!list.is_array()) return bad_field("advisoryIds", "is no array");
  if (list.size() > kAdvisoriesMax) return bad_field("advisoryIds", "has too many entries");
  for (const auto& item : list) {
    if (!item.is_string()) return bad_field("advisoryIds", "holds what is no text");
    advisories.push_back(item.get<std::string>());
    if (advisories.back().size() > kAdvisoryMax) {
      return bad_field("advisoryIds", "holds too long a text");
    }
  }
  return advisories;
}

Bytes encode_call(std::string_view function, const BootInfo& info) {
  std::vector<Bytes> advisories;
  for (const auto& advisory : info.advisory_ids) {
    const ByteView text = as_bytes(advisory);
    advisories.emplace_back(text.begin(), text.end());
  }
  AbiEncoder fields;
  fields.address(info.app_id).word(info.compose_hash).address(info.instance_id);
  fields.word(info.device_id).word(info.mr_aggregated).word(info.mr_system);
  fields.word(info.os_image_hash).text(info.tcb_status).blobs(advisories);
  return AbiEncoder().tuple(fields).call(std::string(function) + std::string(kBootInfoType));
}

}  // namespace

Result<BootInfo> parse_boot_info(const Json& body) {
  if (!body.is_object()) return bad_boot_info("it is no JSON object");
  BootInfo info;
  for (const Status& read : {read_padded(body, "mrAggregated", true, info.mr_aggregated),
                             read_padded(body, "osImageHash", true, info.os_image_hash),
                             read_padded(body, "appId", true, info.app_id),
                             read_padded(body, "composeHash", true, info.compose_hash),
                             read_padded(body, "instanceId", true, info.instance_id),
                             read_padded(body, "deviceId", true, info.device_id),
                             read_padded(body, "mrSystem", false, info.mr_system)}) {
    if (!read) return read.error();
  }
  auto tcb_status = text_of(body, "tcbStatus", false);
  if (!tcb_status) return tcb_status.error();
  if (tcb_status->size() > kTcbStatusMax) return bad_field("tcbStatus", "is too long");
  info.tcb_status = std::move(*tcb_status);
  auto advisories = advisories_of(body);
  if (!advisories) return advisories.error();
  info.advisory_ids = std::move(*advisories);
  return info;
}

Json boot_info_json(const BootInfo& info) {
  return {{"teeVariant", "dstack-tdx"},
          {"appId", to_hex(info.app_id.view())},
          {"composeHash", to_hex(info.compose_hash.view())},
          {"instanceId", info.instance_id == Address{} ? "" : to_hex(info.instance_id.view())},
          {"deviceId", to_hex(info.device_id.view())},
          {"mrAggregated", to_hex(info.mr_aggregated.view())},
          {"mrSystem", to_hex(info.mr_system.view())},
          {"osImageHash", to_hex(info.os_image_hash.view())},
          {"keyProviderInfo", ""},
          {"tcbStatus", info.tcb_status},
          {"advisoryIds", info.advisory_ids}};
}

Bytes encode_is_app_allowed(const BootInfo& info) {
  return encode_call("isAppAllowed", info);
}

Bytes encode_is_kms_allowed(const BootInfo& info) {
  return encode_call("isKmsAllowed", info);
}

Result<BootAnswer> decode_boot_answer(ByteView answer) {
  AbiDecoder in(answer);
  BootAnswer decoded;
  decoded.allowed = in.flag();
  decoded.reason = in.text();
  if (in.ok()) return decoded;
  return Error{"bad_chain_answer", "the answer is not that of isAppAllowed",
               "check that the address is that of a dstack app contract"};
}

}  // namespace dnc
