#include "io/dstack/event_log.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/base/json.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kRuntimeRegister = 3;
constexpr std::uint32_t kRuntimeEvent = 0x08000001;

struct RuntimeEvent {
  std::string name;
  Bytes payload;
  std::optional<Sha384> digest;  // logs without payloads in between leave it out
};

Error bad(const std::string& why) {
  return {"bad_event_log", "the event log " + why, ""};
}

// SHA-384 of type, name and payload between colons.
Sha384 plain_digest(const RuntimeEvent& event) {
  Bytes message;
  for (int shift = 0; shift < 32; shift += 8)
    message.push_back(static_cast<std::uint8_t>(kRuntimeEvent >> shift));
  const std::string name = ":" + event.name + ":";
  message.insert(message.end(), name.begin(), name.end());
  message.insert(message.end(), event.payload.begin(), event.payload.end());
  return sha384(message);
}

// SHA-384 of the three as JSON, its keys in order (event_log_version 2).
Sha384 json_digest(const RuntimeEvent& event) {
  return sha384(as_bytes(dump_json(
      {{"name", event.name}, {"payload", to_hex(event.payload)}, {"type", kRuntimeEvent}})));
}

Result<RuntimeEvent> event_in(const Json& json) {
  const auto name = json_text(json, "event");
  const auto payload = json_hex(json, "event_payload");
  const auto digest = json_text(json, "digest");
  if (!name) return name.error();
  if (!payload) return payload.error();
  RuntimeEvent event{*name, *payload, {}};
  if (!digest || digest->empty()) return event;
  event.digest = fixed_from_hex<Sha384>(*digest);
  if (!event.digest) return Error{"json_field", "field \"digest\" is not hex of 48 bytes", ""};
  return event;
}

// What is measured, if the event is what it says.
std::optional<Sha384> digest_of(const RuntimeEvent& event) {
  const Sha384 plain = plain_digest(event);
  if (!event.digest || *event.digest == plain) return plain;
  const Sha384 as_json = json_digest(event);
  return *event.digest == as_json ? std::optional(as_json) : std::nullopt;
}

void extend(Sha384& rtmr, const Sha384& digest) {
  Bytes both(rtmr.bytes.begin(), rtmr.bytes.end());
  both.insert(both.end(), digest.bytes.begin(), digest.bytes.end());
  rtmr = sha384(both);
}

template <class Fixed>
void note(const RuntimeEvent& event, const char* name, std::optional<Fixed>& first) {
  if (event.name == name && !first) first = Fixed::from(event.payload);
}

}  // namespace

Result<MeasuredBoot> replay_event_log(std::string_view text) {
  const auto json = parse_json(text);
  if (!json || !json->is_array()) return bad("is no JSON array");
  MeasuredBoot boot;
  bool booting = true;
  for (const Json& entry : *json) {
    const auto imr = json_u64(entry, "imr");
    if (!imr) return bad("cannot be read: " + imr.error().message);
    if (*imr != kRuntimeRegister) continue;
    const auto event = event_in(entry);
    if (!event) return bad("cannot be read: " + event.error().message);
    const auto digest = digest_of(*event);
    if (!digest) return bad("has an event \"" + event->name + "\" that is not what it measures");
    extend(boot.rtmr3, *digest);
    ++boot.events;
    if (event->name == "system-ready") booting = false;
    if (!booting) continue;
    note(*event, "app-id", boot.app_id);
    note(*event, "compose-hash", boot.compose_hash);
    note(*event, "instance-id", boot.instance_id);
  }
  return boot;
}

}  // namespace dnc
