// The codec's second half: signed statements.
#include "core/base/wire.hpp"
#include "core/consensus/codec_parts.hpp"
#include "core/consensus/limits.hpp"

namespace dnc {
namespace wire {
namespace {

template <class Statement>
void put_speaker(Writer& out, const Statement& value) {
  out.id(value.seat);
  out.id(value.epoch);
  out.fixed(value.signature);
}

template <class Statement>
void get_speaker(Reader& in, Statement& value) {
  value.seat = in.id<Seat>();
  value.epoch = in.id<Epoch>();
  value.signature = in.fixed<Signature>();
}

void put_seats(Writer& out, const std::vector<Seat>& seats) {
  out.u32(static_cast<std::uint32_t>(seats.size()));
  for (const Seat seat : seats)
    out.id(seat);
}

std::vector<Seat> get_seats(Reader& in) {
  std::vector<Seat> seats;
  const std::uint32_t count = in.count(8);
  if (count > limits::kSeatsMax) in.fail();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i)
    seats.push_back(in.id<Seat>());
  return seats;
}

}  // namespace

void put(Writer& out, const Accept& value) {
  put(out, value.scope);
  out.id(value.term);
  out.id(value.seq);
  out.fixed(value.block_hash);
  put_speaker(out, value);
}

void get(Reader& in, Accept& value) {
  get(in, value.scope);
  value.term = in.id<Term>();
  value.seq = in.id<SeqNo>();
  value.block_hash = in.fixed<Hash>();
  get_speaker(in, value);
}

void put(Writer& out, const NoConfidence& value) {
  put(out, value.scope);
  out.id(value.to_term);
  out.id(value.seen_seq);
  put_speaker(out, value);
}

void get(Reader& in, NoConfidence& value) {
  get(in, value.scope);
  value.to_term = in.id<Term>();
  value.seen_seq = in.id<SeqNo>();
  get_speaker(in, value);
}

void put(Writer& out, const Grant& value) {
  put(out, value.scope);
  out.id(value.term);
  out.id(value.leader_seat);
  out.fixed(value.leader_key);
  put(out, value.last);
  put_speaker(out, value);
}

void get(Reader& in, Grant& value) {
  get(in, value.scope);
  value.term = in.id<Term>();
  value.leader_seat = in.id<Seat>();
  value.leader_key = in.fixed<Address>();
  get(in, value.last);
  get_speaker(in, value);
}

void put(Writer& out, const NewTerm& value) {
  out.id(value.term);
  put_list(out, value.votes);
  put_list(out, value.grants);
}

void get(Reader& in, NewTerm& value) {
  value.term = in.id<Term>();
  get_list(in, value.votes, kStatementBytesMin, limits::kSeatsMax);
  get_list(in, value.grants, kStatementBytesMin, limits::kSeatsMax);
}

void put(Writer& out, const RestartReport& value) {
  put(out, value.scope);
  out.id(value.promised_term);
  put(out, value.last);
  out.flag(value.blank);
  put_speaker(out, value);
}

void get(Reader& in, RestartReport& value) {
  get(in, value.scope);
  value.promised_term = in.id<Term>();
  get(in, value.last);
  value.blank = in.flag();
  get_speaker(in, value);
}

void put(Writer& out, const RecoveryConsent& value) {
  out.id(value.generation);
  out.id(value.last_term);
  out.id(value.last_seq);
  put_seats(out, value.seats);
  out.u64(value.issued_ms);
  out.id(value.seat);
  out.fixed(value.signature);
}

void get(Reader& in, RecoveryConsent& value) {
  value.generation = in.id<Generation>();
  value.last_term = in.id<Term>();
  value.last_seq = in.id<SeqNo>();
  value.seats = get_seats(in);
  value.issued_ms = in.u64();
  value.seat = in.id<Seat>();
  value.signature = in.fixed<Signature>();
}

void put(Writer& out, const Founder& value) {
  out.id(value.seat);
  out.id(value.epoch);
}

void get(Reader& in, Founder& value) {
  value.seat = in.id<Seat>();
  value.epoch = in.id<Epoch>();
}

void put(Writer& out, const StartGeneration& value) {
  out.id(value.generation);
  out.id(value.term);
  out.id(value.config_nonce);
  out.id(value.leader_seat);
  out.id(value.seq);
  out.fixed(value.head);
  put_list(out, value.founders);
}

void get(Reader& in, StartGeneration& value) {
  value.generation = in.id<Generation>();
  value.term = in.id<Term>();
  value.config_nonce = in.id<ConfigNonce>();
  value.leader_seat = in.id<Seat>();
  value.seq = in.id<SeqNo>();
  value.head = in.fixed<Hash>();
  get_list(in, value.founders, 16, limits::kSeatsMax);
}

void put(Writer& out, const Report& value) {
  out.id(value.generation);
  out.id(value.term);
  out.id(value.config_nonce);
  out.id(value.leader_seat);
  put_seats(out, value.counted_seats);
}

void get(Reader& in, Report& value) {
  value.generation = in.id<Generation>();
  value.term = in.id<Term>();
  value.config_nonce = in.id<ConfigNonce>();
  value.leader_seat = in.id<Seat>();
  value.counted_seats = get_seats(in);
}

static void put(Writer& out, const Proposal& value) {
  put(out, value.header);
  out.fixed(value.signature);
}

static void get(Reader& in, Proposal& value) {
  get(in, value.header);
  value.signature = in.fixed<Signature>();
}

// The kind of a statement is its place in Statement.
void put(Writer& out, const Statement& value) {
  out.u8(static_cast<std::uint8_t>(value.index()));
  std::visit([&out](const auto& statement) { put(out, statement); }, value);
}

void get(Reader& in, Statement& value) {
  switch (in.u8()) {
    case 0:
      return get(in, value.emplace<Proposal>());
    case 1:
      return get(in, value.emplace<Accept>());
    case 2:
      return get(in, value.emplace<Grant>());
    default:
      in.fail();
  }
}

void put(Writer& out, const Contradiction& value) {
  put(out, value.signer);
  put(out, value.first);
  put(out, value.second);
}

void get(Reader& in, Contradiction& value) {
  get(in, value.signer);
  get(in, value.first);
  get(in, value.second);
}

}  // namespace wire

Bytes encode(const Contradiction& contradiction) {
  return wire::to_bytes(contradiction);
}

std::optional<Contradiction> decode_contradiction(ByteView bytes) {
  return wire::from_bytes<Contradiction>(bytes);
}

Bytes encode(const std::vector<Contradiction>& contradictions) {
  return wire::list_to_bytes(contradictions);
}

std::optional<std::vector<Contradiction>> decode_contradictions(ByteView bytes) {
  return wire::list_from_bytes<Contradiction>(bytes, 2 * wire::kStatementBytesMin,
                                              limits::kContradictionsMax);
}

Bytes encode(const NewTerm& certificate) {
  return wire::to_bytes(certificate);
}

std::optional<NewTerm> decode_new_term(ByteView bytes) {
  return wire::from_bytes<NewTerm>(bytes);
}

Bytes encode(const std::vector<Accept>& accepts) {
  return wire::list_to_bytes(accepts);
}

std::optional<std::vector<Accept>> decode_accepts(ByteView bytes) {
  return wire::list_from_bytes<Accept>(bytes, wire::kStatementBytesMin, limits::kSeatsMax);
}

}  // namespace dnc
