#include "core/services/counter.hpp"

#include "core/base/check.hpp"
#include "core/base/wire.hpp"

namespace dnc {
namespace {

enum class Verb : std::uint8_t { kIncrement = 1, kRead = 2 };

struct Command {
  Verb verb;
  std::uint64_t by;
};

std::optional<Command> decode_command(ByteView bytes) {
  Reader reader(bytes);
  if (reader.u8() != Counter::kServiceId) return std::nullopt;
  const auto verb = static_cast<Verb>(reader.u8());
  if (verb != Verb::kIncrement && verb != Verb::kRead) return std::nullopt;
  const std::uint64_t by = verb == Verb::kIncrement ? reader.u64() : 0;
  if (!reader.at_end()) return std::nullopt;
  return Command{verb, by};
}

struct Answer {
  Counter::Outcome outcome;
  std::uint64_t value;
};

Bytes encode_answer(Counter::Outcome outcome, std::uint64_t value) {
  Writer writer;
  writer.u8(Counter::kServiceId);
  writer.u8(static_cast<std::uint8_t>(outcome));
  writer.u64(value);
  return writer.take();
}

std::optional<Answer> decode_answer(ByteView bytes) {
  Reader reader(bytes);
  if (reader.u8() != Counter::kServiceId) return std::nullopt;
  const std::uint8_t outcome = reader.u8();
  const std::uint64_t value = reader.u64();
  if (!reader.at_end()) return std::nullopt;
  if (outcome > static_cast<std::uint8_t>(Counter::Outcome::kOverflow)) return std::nullopt;
  return Answer{static_cast<Counter::Outcome>(outcome), value};
}

}  // namespace

Bytes Counter::increment(std::uint64_t by) {
  Writer writer;
  writer.u8(kServiceId);
  writer.u8(static_cast<std::uint8_t>(Verb::kIncrement));
  writer.u64(by);
  return writer.take();
}

Bytes Counter::read() {
  return {kServiceId, static_cast<std::uint8_t>(Verb::kRead)};
}

std::optional<std::uint64_t> Counter::decode_value(ByteView answer) {
  const auto decoded = decode_answer(answer);
  if (!decoded || decoded->outcome != Outcome::kOk) return std::nullopt;
  return decoded->value;
}

std::optional<Counter::Outcome> Counter::decode_outcome(ByteView answer) {
  const auto decoded = decode_answer(answer);
  if (!decoded) return std::nullopt;
  return decoded->outcome;
}

Bytes Counter::apply(SeqNo seq, ByteView command) {
  const auto decoded = decode_command(command);
  const std::uint64_t value = newest();
  if (!decoded) return encode_answer(Outcome::kMalformed, value);
  if (decoded->by > UINT64_MAX - value) return encode_answer(Outcome::kOverflow, value);
  set(seq, value + decoded->by);
  return encode_answer(Outcome::kOk, value + decoded->by);
}

void Counter::set(SeqNo seq, std::uint64_t value) {
  CHECK(seq > committed_seq_ && (ahead_.empty() || seq >= ahead_.back().seq));
  if (!ahead_.empty() && ahead_.back().seq == seq) {
    ahead_.back().value = value;
  } else {
    ahead_.push_back({seq, value});
  }
}

void Counter::commit(SeqNo seq) {
  CHECK(seq >= committed_seq_);
  while (!ahead_.empty() && ahead_.front().seq <= seq) {
    committed_ = ahead_.front().value;
    ahead_.pop_front();
  }
  committed_seq_ = seq;
}

void Counter::rollback(SeqNo seq) {
  CHECK(seq >= committed_seq_);
  while (!ahead_.empty() && ahead_.back().seq > seq)
    ahead_.pop_back();
}

Bytes Counter::query(ByteView request) const {
  const auto decoded = decode_command(request);
  if (!decoded || decoded->verb != Verb::kRead) {
    return encode_answer(Outcome::kMalformed, committed_);
  }
  return encode_answer(Outcome::kOk, committed_);
}

Bytes Counter::snapshot() const {
  Writer writer;
  writer.u64(newest());
  return writer.take();
}

bool Counter::restore(SeqNo seq, ByteView snapshot) {
  Reader reader(snapshot);
  const std::uint64_t value = reader.u64();
  if (!reader.at_end()) return false;
  ahead_.clear();
  committed_ = value;
  committed_seq_ = seq;
  return true;
}

}  // namespace dnc
