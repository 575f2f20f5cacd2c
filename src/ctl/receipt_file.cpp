#include "ctl/receipt_file.hpp"

#include <nlohmann/json.hpp>

#include "core/eth/abi.hpp"

namespace dnc::ctl {
namespace {

constexpr std::uint64_t kVersion = 1;

// Reads fields until one is wrong; what follows is then of no account.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  std::uint64_t number(const char* name) { return take(json_u64(object_, name)); }
  Bytes hex(const char* name) { return take(json_hex(object_, name)); }
  template <class Fixed>
  Fixed fixed(const char* name) {
    return take(json_fixed<Fixed>(object_, name));
  }
  const Json& array(const char* name) {
    static const Json kNone = Json::array();
    const auto list = json_array(object_, name);
    if (list) return **list;
    fail(list.error());
    return kNone;
  }
  void fail(const Error& error) {
    if (error_.message.empty()) error_ = error;
  }
  const Error& error() const { return error_; }
  bool ok() const { return error_.message.empty(); }

 private:
  template <class Value>
  Value take(Result<Value> value) {
    if (value) return std::move(*value);
    fail(value.error());
    return Value{};
  }
  const Json& object_;
  Error error_;
};

Error failure(const char* code, const std::string& message, const char* hint) {
  return {code, message, hint};
}

std::vector<Hash> read_hashes(Fields& fields, const char* name) {
  std::vector<Hash> hashes;
  for (const Json& item : fields.array(name)) {
    const auto hash =
        item.is_string() ? fixed_from_hex<Hash>(item.get_ref<const std::string&>()) : std::nullopt;
    if (!hash) fields.fail({"json_field", std::string("\"") + name + "\" holds no hash", ""});
    hashes.push_back(hash.value_or(Hash{}));
  }
  return hashes;
}

std::vector<Bytes> read_blobs(Fields& fields, const char* name) {
  std::vector<Bytes> blobs;
  for (const Json& item : fields.array(name)) {
    const auto bytes =
        item.is_string() ? from_hex(item.get_ref<const std::string&>()) : std::nullopt;
    if (!bytes) fields.fail({"json_field", std::string("\"") + name + "\" is not all hex", ""});
    blobs.push_back(bytes.value_or(Bytes{}));
  }
  return blobs;
}

Eip712Domain read_domain(Fields& fields) {
  if (fields.number("version") != kVersion) {
    fields.fail({"json_field", "the file has another version than 1", ""});
  }
  return {fields.number("chain_id"), fields.fixed<Address>("contract")};
}

// Where an object lies below: itself, or what a write's answer carries.
const Json& receipt_in(const Json& json) {
  const auto carried = json_object(json, "receipt");
  return carried ? **carried : json;
}

Hash word(const auto& id) {
  return abi_word(id.value);
}

}  // namespace

Result<ReceiptFile> parse_receipt(std::string_view text) {
  constexpr const char* kHint = "fetch one: clusterctl receipt get SEQ OPERATION";
  const auto json = parse_json(text, {.size_max = kReceiptBytesMax});
  if (!json) return failure("bad_receipt", "this is no receipt: " + json.error().message, kHint);
  Fields fields(receipt_in(*json));
  ReceiptFile file;
  file.domain = read_domain(fields);
  Receipt& receipt = file.receipt;
  receipt.headers = read_blobs(fields, "headers");
  receipt.operation = fields.hex("operation");
  receipt.result = fields.hex("result");
  receipt.operation_path = read_hashes(fields, "operation_path");
  receipt.result_path = read_hashes(fields, "result_path");
  const std::uint64_t sides = fields.number("sides");
  if (sides > UINT32_MAX) fields.fail({"json_field", "\"sides\" is too large", ""});
  receipt.sides = static_cast<std::uint32_t>(sides);
  for (const Json& item : fields.array("accepts")) {
    Fields of_accept(item);
    receipt.accepts.push_back({{of_accept.number("seat")},
                               {of_accept.number("epoch")},
                               of_accept.number("header"),
                               of_accept.fixed<Signature>("signature")});
    if (!of_accept.ok()) fields.fail(of_accept.error());
  }
  if (fields.ok()) return file;
  return failure("bad_receipt", "this is no receipt: " + fields.error().message, kHint);
}

Result<KeyHistoryFile> parse_key_history(std::string_view text) {
  constexpr const char* kHint = "write one: clusterctl receipt keys > keys.json";
  const auto json = parse_json(text, {.size_max = kKeyHistoryBytesMax});
  if (!json) {
    return failure("bad_key_history", "this is no key history: " + json.error().message, kHint);
  }
  Fields fields(*json);
  KeyHistoryFile file;
  file.domain = read_domain(fields);
  for (const Json& item : fields.array("configs")) {
    Fields config(item);
    auto& seats = file.history.configs[{config.number("nonce")}];
    for (const Json& seat : config.array("seats")) {
      if (!seat.is_number_unsigned()) config.fail({"json_field", "a seat is no number", ""});
      if (config.ok()) seats.insert({seat.get<std::uint64_t>()});
    }
    if (!config.ok()) fields.fail(config.error());
  }
  for (const Json& item : fields.array("keys")) {
    Fields key(item);
    const Seat seat{key.number("seat")};
    file.history.keys[key.fixed<Address>("boot_key")] = seat;
    if (!key.ok()) fields.fail(key.error());
  }
  if (fields.ok()) return file;
  return failure("bad_key_history", "this is no key history: " + fields.error().message, kHint);
}

Bytes receipt_call(const std::string& function, const Receipt& receipt) {
  std::vector<AbiEncoder> accepts;
  for (const ReceiptAccept& accept : receipt.accepts) {
    accepts.push_back(AbiEncoder()
                          .word(word(accept.seat))
                          .word(word(accept.epoch))
                          .number(U256(accept.header))
                          .bytes(accept.signature.view()));
  }
  AbiEncoder body;
  body.blobs(receipt.headers)
      .bytes(receipt.operation)
      .bytes(receipt.result)
      .words(receipt.operation_path)
      .words(receipt.result_path)
      .number(U256(receipt.sides))
      .tuples(accepts);
  return AbiEncoder().tuple(body).call(
      function +
      "((bytes[],bytes,bytes,bytes32[],bytes32[],uint256,(uint64,uint64,uint64,bytes)[]))");
}

}  // namespace dnc::ctl
