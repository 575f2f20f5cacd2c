// Bytes of the key-value service, as docs/formats.md lists them.
#include "core/services/key_value_codec.hpp"

#include "core/base/wire.hpp"

namespace dnc::kv {
namespace {

Writer begin(Verb verb) {
  Writer writer;
  writer.u8(KeyValue::kServiceId);
  writer.u8(static_cast<std::uint8_t>(verb));
  return writer;
}

Writer begin(Outcome outcome) {
  Writer writer;
  writer.u8(KeyValue::kServiceId);
  writer.u8(static_cast<std::uint8_t>(outcome));
  return writer;
}

void write(Writer& writer, const Condition& condition) {
  writer.u8(static_cast<std::uint8_t>(condition.kind));
  if (condition.kind == Condition::Kind::kVersion) writer.u64(condition.version);
}

Condition read_condition(Reader& reader) {
  const auto kind = static_cast<Condition::Kind>(reader.u8());
  if (kind > Condition::Kind::kVersion) reader.fail();
  return {kind, kind == Condition::Kind::kVersion ? reader.u64() : 0};
}

std::optional<Outcome> read_outcome(Reader& reader) {
  if (reader.u8() != KeyValue::kServiceId) return std::nullopt;
  const std::uint8_t outcome = reader.u8();
  if (outcome > static_cast<std::uint8_t>(Outcome::kAbsent)) return std::nullopt;
  return static_cast<Outcome>(outcome);
}

}  // namespace

// --- Commands and queries -----------------------------------------------------------------------

Bytes put(std::string_view key, ByteView value, const Condition& condition) {
  Writer writer = begin(Verb::kPut);
  writer.text(key);
  write(writer, condition);
  writer.blob(value);
  return writer.take();
}

Bytes remove(std::string_view key, const Condition& condition) {
  Writer writer = begin(Verb::kRemove);
  writer.text(key);
  write(writer, condition);
  return writer.take();
}

Bytes get(std::string_view key) {
  Writer writer = begin(Verb::kGet);
  writer.text(key);
  return writer.take();
}

Bytes list(std::string_view prefix, std::string_view after, std::size_t entries_max) {
  Writer writer = begin(Verb::kList);
  writer.text(prefix);
  writer.text(after);
  writer.u64(entries_max);
  return writer.take();
}

std::optional<Request> decode_request(ByteView bytes) {
  Reader reader(bytes);
  if (reader.u8() != KeyValue::kServiceId) return std::nullopt;
  Request request;
  request.verb = static_cast<Verb>(reader.u8());
  request.key = reader.text(kKeyBytesMax);
  switch (request.verb) {
    case Verb::kPut:
      request.condition = read_condition(reader);
      request.value = reader.blob(kValueBytesMax);
      break;
    case Verb::kRemove:
      request.condition = read_condition(reader);
      break;
    case Verb::kGet:
      break;
    case Verb::kList:
      request.after = reader.text(kKeyBytesMax);
      request.entries_max = reader.u64();
      break;
    default:
      return std::nullopt;
  }
  const bool keyless = request.key.empty() && request.verb != Verb::kList;
  if (!reader.at_end() || keyless) return std::nullopt;
  return request;
}

// --- Answers ------------------------------------------------------------------------------------

Bytes encode(const WriteAnswer& answer) {
  Writer writer = begin(answer.outcome);
  writer.u64(answer.version);
  return writer.take();
}

Bytes encode(const GetAnswer& answer) {
  Writer writer = begin(answer.outcome);
  writer.u64(answer.version);
  writer.blob(answer.value);
  return writer.take();
}

Bytes encode(const ListAnswer& answer) {
  Writer writer = begin(Outcome::kOk);
  writer.flag(answer.more);
  writer.u32(static_cast<std::uint32_t>(answer.entries.size()));
  for (const Entry& entry : answer.entries) {
    writer.text(entry.key);
    writer.u64(entry.version);
    writer.blob(entry.value);
  }
  return writer.take();
}

std::optional<WriteAnswer> decode_write(ByteView bytes) {
  Reader reader(bytes);
  const auto outcome = read_outcome(reader);
  const std::uint64_t version = reader.u64();
  if (!outcome || !reader.at_end()) return std::nullopt;
  return WriteAnswer{*outcome, version};
}

std::optional<GetAnswer> decode_get(ByteView bytes) {
  Reader reader(bytes);
  const auto outcome = read_outcome(reader);
  GetAnswer answer{outcome.value_or(Outcome::kMalformed), reader.u64(),
                   reader.blob(kValueBytesMax)};
  if (!outcome || !reader.at_end()) return std::nullopt;
  return answer;
}

std::optional<ListAnswer> decode_list(ByteView bytes) {
  Reader reader(bytes);
  const auto outcome = read_outcome(reader);
  if (outcome != Outcome::kOk) return std::nullopt;
  ListAnswer answer;
  answer.more = reader.flag();
  constexpr std::size_t kEntryBytesMin = 4 + 8 + 4;
  for (std::uint32_t left = reader.count(kEntryBytesMin); left > 0; --left) {
    Entry entry;
    entry.key = reader.text(kKeyBytesMax);
    entry.version = reader.u64();
    entry.value = reader.blob(kValueBytesMax);
    answer.entries.push_back(std::move(entry));
  }
  if (!reader.at_end()) return std::nullopt;
  return answer;
}

}  // namespace dnc::kv
