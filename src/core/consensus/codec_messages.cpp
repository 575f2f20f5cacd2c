// The codec's third part: messages and their envelope. The tag of a message is its place in
// Message.
#include <array>

#include "core/base/wire.hpp"
#include "core/consensus/codec_parts.hpp"
#include "core/consensus/limits.hpp"

namespace dnc {
namespace wire {

constexpr std::size_t kErrorCodeBytesMax = 64;

static void put(Writer& out, const Heartbeat& value) {
  out.id(value.term);
  out.u8(static_cast<std::uint8_t>(value.standing));
  out.flag(value.leading);
  out.u64(value.nonce);
  out.u64(value.echo);
  out.id(value.commit_seq);
  out.id(value.head_seq);
  out.id(value.chain_height);
}

static void get(Reader& in, Heartbeat& value) {
  value.term = in.id<Term>();
  const std::uint8_t standing = in.u8();
  if (standing < 1 || standing > static_cast<std::uint8_t>(Standing::kHalted)) in.fail();
  value.standing = static_cast<Standing>(standing);
  value.leading = in.flag();
  value.nonce = in.u64();
  value.echo = in.u64();
  value.commit_seq = in.id<SeqNo>();
  value.head_seq = in.id<SeqNo>();
  value.chain_height = in.id<BlockNumber>();
}

static void put(Writer& out, const Request& value) {
  put(out, value.operation);
}
static void get(Reader& in, Request& value) {
  get(in, value.operation);
}

static void put(Writer& out, const Refusal& value) {
  out.blob(value.key);
  out.text(value.code);
}
static void get(Reader& in, Refusal& value) {
  value.key = in.blob(limits::kIdempotencyKeyBytesMax);
  value.code = in.text(kErrorCodeBytesMax);
}

static void put(Writer& out, const Propose& value) {
  put(out, value.block);
  put_list(out, value.accepts);
}
static void get(Reader& in, Propose& value) {
  get(in, value.block);
  get_list(in, value.accepts, kStatementBytesMin, limits::kSeatsMax);
}

static void put(Writer& out, const Committed& value) {
  put_list(out, value.accepts);
}
static void get(Reader& in, Committed& value) {
  get_list(in, value.accepts, kStatementBytesMin, limits::kSeatsMax);
}

static void put(Writer& out, const Votes& value) {
  put_list(out, value.votes);
}
static void get(Reader& in, Votes& value) {
  get_list(in, value.votes, kStatementBytesMin, limits::kSeatsMax);
}

static void put(Writer& out, const Probe& value) {
  out.u64(value.nonce);
  out.id(value.term);
}
static void get(Reader& in, Probe& value) {
  value.nonce = in.u64();
  value.term = in.id<Term>();
}

static void put(Writer& out, const Healthy& value) {
  out.u64(value.nonce);
  out.id(value.term);
  out.id(value.commit_seq);
}
static void get(Reader& in, Healthy& value) {
  value.nonce = in.u64();
  value.term = in.id<Term>();
  value.commit_seq = in.id<SeqNo>();
}

static void put(Writer& out, const GrantMessage& value) {
  put(out, value.grant);
  put_list(out, value.votes);
}
static void get(Reader& in, GrantMessage& value) {
  get(in, value.grant);
  get_list(in, value.votes, kStatementBytesMin, limits::kSeatsMax);
}

static void put(Writer& out, const NewTermMessage& value) {
  put(out, value.certificate);
  put(out, value.first_block);
}
static void get(Reader& in, NewTermMessage& value) {
  get(in, value.certificate);
  get(in, value.first_block);
}

static void put(Writer& out, const ReadIndex& value) {
  out.u64(value.nonce);
  out.id(value.term);
}
static void get(Reader& in, ReadIndex& value) {
  value.nonce = in.u64();
  value.term = in.id<Term>();
}

static void put(Writer& out, const ReadAck& value) {
  out.u64(value.nonce);
  out.id(value.term);
}
static void get(Reader& in, ReadAck& value) {
  value.nonce = in.u64();
  value.term = in.id<Term>();
}

static void put(Writer& out, const ReadRequest& value) {
  out.u64(value.nonce);
}
static void get(Reader& in, ReadRequest& value) {
  value.nonce = in.u64();
}

static void put(Writer& out, const ReadGrant& value) {
  out.u64(value.nonce);
  out.id(value.index);
}
static void get(Reader& in, ReadGrant& value) {
  value.nonce = in.u64();
  value.index = in.id<SeqNo>();
}

static void put(Writer& out, const Fetch& value) {
  out.id(value.from);
}
static void get(Reader& in, Fetch& value) {
  value.from = in.id<SeqNo>();
}

static void put(Writer& out, const Chunk& value) {
  put_list(out, value.blocks);
  out.id(value.head_seq);
  put_list(out, value.accepts);
  put_optional(out, value.checkpoint);
}
static void get(Reader& in, Chunk& value) {
  get_list(in, value.blocks, kStatementBytesMin, limits::kChunkBlocksMax);
  value.head_seq = in.id<SeqNo>();
  get_list(in, value.accepts, kStatementBytesMin, limits::kSeatsMax);
  get_optional(in, value.checkpoint);
}

static void put(Writer& out, const RejoinRequest& value) {
  put(out, value.rejoin);
}
static void get(Reader& in, RejoinRequest& value) {
  get(in, value.rejoin);
}

static void put(Writer& out, const RestartReportMessage& value) {
  put(out, value.report);
  put_list(out, value.consents);
}
static void get(Reader& in, RestartReportMessage& value) {
  get(in, value.report);
  get_list(in, value.consents, kStatementBytesMin, limits::kSeatsMax);
}

static void put(Writer& out, const GenerationProposal& value) {
  put(out, value.start);
  put_list(out, value.reports);
}
static void get(Reader& in, GenerationProposal& value) {
  get(in, value.start);
  get_list(in, value.reports, kStatementBytesMin, limits::kSeatsMax);
}

static void put(Writer& out, const GenerationConsent& value) {
  put(out, value.start);
  out.fixed(value.signature);
}
static void get(Reader& in, GenerationConsent& value) {
  get(in, value.start);
  value.signature = in.fixed<Signature>();
}

static void put(Writer& out, const ReportShare& value) {
  put(out, value.report);
  out.fixed(value.signature);
}
static void get(Reader& in, ReportShare& value) {
  get(in, value.report);
  value.signature = in.fixed<Signature>();
}

static void put(Writer& out, const Witness& value) {
  put_list(out, value.statements);
  put_list(out, value.contradictions);
}
static void get(Reader& in, Witness& value) {
  get_list(in, value.statements, kStatementBytesMin, limits::kWitnessStatementsMax);
  get_list(in, value.contradictions, 2 * kStatementBytesMin, limits::kContradictionsMax);
}

static void put(Writer& out, const SnapshotFetch& value) {
  out.id(value.seq);
  out.u32(value.index);
}
static void get(Reader& in, SnapshotFetch& value) {
  value.seq = in.id<SeqNo>();
  value.index = in.u32();
}

static void put(Writer& out, const SnapshotPiece& value) {
  out.id(value.seq);
  out.u32(value.index);
  out.u32(value.count);
  out.blob(value.bytes);
  out.u32(static_cast<std::uint32_t>(value.path.size()));
  for (const Hash& hash : value.path)
    out.fixed(hash);
}
static void get(Reader& in, SnapshotPiece& value) {
  value.seq = in.id<SeqNo>();
  value.index = in.u32();
  value.count = in.u32();
  value.bytes = in.blob(limits::kSnapshotPieceBytes);
  const std::uint32_t count = in.count(Hash::kSize);
  if (count > limits::kSnapshotPathMax) in.fail();
  for (std::uint32_t i = 0; i < count && in.ok(); ++i)
    value.path.push_back(in.fixed<Hash>());
}

static void put(Writer& out, const StepDown& value) {
  put(out, value.vote);
}
static void get(Reader& in, StepDown& value) {
  get(in, value.vote);
}

template <std::size_t Tag = 0>
static void get_tagged(Reader& in, std::uint8_t tag, Message& message) {
  if constexpr (Tag < std::variant_size_v<Message>) {
    if (tag != Tag) return get_tagged<Tag + 1>(in, tag, message);
    std::variant_alternative_t<Tag, Message> value{};
    get(in, value);
    message = std::move(value);
  } else {
    in.fail();
  }
}

}  // namespace wire

Bytes encode(const Envelope& envelope) {
  Writer out;
  out.u8(kWireVersion);
  wire::put(out, envelope.scope);
  out.id(envelope.seat);
  out.id(envelope.epoch);
  out.u8(static_cast<std::uint8_t>(envelope.message.index()));
  std::visit([&out](const auto& message) { wire::put(out, message); }, envelope.message);
  return out.take();
}

std::optional<Envelope> decode_envelope(ByteView bytes) {
  if (bytes.size() > limits::kMessageBytesMax) return std::nullopt;
  Reader in(bytes);
  if (in.u8() != kWireVersion) return std::nullopt;
  Envelope envelope;
  wire::get(in, envelope.scope);
  envelope.seat = in.id<Seat>();
  envelope.epoch = in.id<Epoch>();
  wire::get_tagged(in, in.u8(), envelope.message);
  if (!in.at_end()) return std::nullopt;
  return envelope;
}

const char* message_name(const Message& message) {
  static constexpr std::array<const char*, std::variant_size_v<Message>> kNames = {
      "HEARTBEAT",     "REQUEST",  "REFUSAL",         "PROPOSE", "ACCEPT",   "COMMITTED",
      "NOCONF",        "PROBE",    "HEALTHY",         "GRANT",   "NEW_TERM", "READIDX",
      "READACK",       "READREQ",  "READGRANT",       "FETCH",   "CHUNK",    "REJOINREQ",
      "RESTARTREPORT", "STARTGEN", "STARTGENCONSENT", "REPORT",  "WITNESS",  "SNAPFETCH",
      "SNAPPIECE",     "STEPDOWN"};
  return kNames[message.index()];
}

}  // namespace dnc
