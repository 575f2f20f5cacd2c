#include "examples/stock/stock.hpp"

#include "core/base/wire.hpp"

namespace dnc {
namespace {

enum class Verb : std::uint8_t { kAdd = 1, kTake = 2, kLook = 3 };

struct Request {
  Verb verb{};
  std::string item;
  std::uint64_t units = 0;
};

Bytes encode(Verb verb, std::string_view item, std::uint64_t units) {
  Writer out;
  out.u8(Stock::kServiceId);
  out.u8(static_cast<std::uint8_t>(verb));
  out.text(item);
  out.u64(units);
  return out.take();
}

// Empty for bytes that are no request of this service.
std::optional<Request> decode_request(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != Stock::kServiceId) return std::nullopt;
  const auto verb = static_cast<Verb>(in.u8());
  Request request{verb, in.text(Stock::kItemBytesMax), in.u64()};
  const bool changes = verb == Verb::kAdd || verb == Verb::kTake;
  const bool known = changes ? request.units > 0 : verb == Verb::kLook && request.units == 0;
  if (!in.at_end() || !known || request.item.empty()) return std::nullopt;
  return request;
}

Bytes answer(Stock::Outcome outcome, std::uint64_t units) {
  Writer out;
  out.u8(Stock::kServiceId);
  out.u8(static_cast<std::uint8_t>(outcome));
  out.u64(units);
  return out.take();
}

}  // namespace

Bytes Stock::add(std::string_view item, std::uint64_t units) {
  return encode(Verb::kAdd, item, units);
}

Bytes Stock::take(std::string_view item, std::uint64_t units) {
  return encode(Verb::kTake, item, units);
}

Bytes Stock::look(std::string_view item) {
  return encode(Verb::kLook, item, 0);
}

std::optional<Stock::Answer> Stock::decode(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != kServiceId) return std::nullopt;
  const auto outcome = static_cast<Outcome>(in.u8());
  const std::uint64_t units = in.u64();
  if (!in.at_end() || outcome > Outcome::kFull) return std::nullopt;
  return Answer{outcome, units};
}

Bytes Stock::apply(SeqNo seq, ByteView command) {
  const auto request = decode_request(command);
  if (!request || request->verb == Verb::kLook) return answer(Outcome::kMalformed, 0);
  const std::uint64_t* const known = units_.newest(request->item);
  std::uint64_t units = known != nullptr ? *known : 0;
  if (request->verb == Verb::kTake) {
    if (request->units > units) return answer(Outcome::kShort, units);
    units -= request->units;
  } else {
    const bool room = known != nullptr || units_.entries().size() < kItemsMax;
    if (!room || request->units > kUnitsMax - units) return answer(Outcome::kFull, units);
    units += request->units;
  }
  units_.set(seq, request->item, units > 0 ? std::optional(units) : std::nullopt);
  return answer(Outcome::kOk, units);
}

void Stock::commit(SeqNo seq) {
  units_.commit(seq);
}

void Stock::rollback(SeqNo seq) {
  static_cast<void>(units_.rollback(seq));
}

Bytes Stock::query(ByteView bytes) const {
  const auto request = decode_request(bytes);
  if (!request || request->verb != Verb::kLook) return answer(Outcome::kMalformed, 0);
  const std::uint64_t* const units = units_.committed(request->item);
  return answer(Outcome::kOk, units != nullptr ? *units : 0);
}

Bytes Stock::snapshot() const {
  Writer out;
  out.u64(units_.entries().size());
  for (const auto& [item, units] : units_.entries()) {
    out.text(item);
    out.u64(units);
  }
  return out.take();
}

bool Stock::restore(SeqNo seq, ByteView snapshot) {
  Reader in(snapshot);
  StagedMap<std::uint64_t>::Entries entries;
  for (std::uint64_t left = in.u64(); left > 0 && in.ok(); --left) {
    std::string item = in.text(kItemBytesMax);
    const std::uint64_t units = in.u64();
    const bool sorted = entries.empty() || entries.rbegin()->first < item;
    if (!sorted || item.empty() || units == 0 || units > kUnitsMax) in.fail();
    entries.emplace_hint(entries.end(), std::move(item), units);
  }
  if (!in.at_end() || entries.size() > kItemsMax) return false;
  units_.restore(seq, std::move(entries));
  return true;
}

}  // namespace dnc
