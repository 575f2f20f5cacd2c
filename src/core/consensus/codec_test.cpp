#include "core/consensus/codec.hpp"

#include <gtest/gtest.h>

#include <tuple>

#include "core/base/prng.hpp"
#include "core/consensus/limits.hpp"

namespace dnc {
namespace {

// Gives every field a value that no other field has, so that two swapped fields show.
class Filler {
 public:
  std::uint64_t number() { return 0x0102030405060000 + ++made_; }
  Bytes bytes(std::size_t size) {
    Bytes made(size);
    for (auto& byte : made)
      byte = static_cast<std::uint8_t>(prng_.below(256));
    return made;
  }
  template <class T>
  T id() {
    return T{number()};
  }
  template <class T>
  T fixed() {
    return *T::from(bytes(T::kSize));
  }

  Scope scope() { return {id<Generation>(), id<ConfigNonce>()}; }
  Identity identity() { return {id<Seat>(), id<Epoch>(), fixed<Address>()}; }
  LogHead head() { return {id<Term>(), id<SeqNo>(), fixed<Hash>()}; }
  Operation operation() { return {bytes(5), bytes(9)}; }
  Rejoin rejoin() { return {identity(), id<BlockNumber>(), fixed<Hash>()}; }
  SeatChange change() { return {identity(), true, id<BlockNumber>(), fixed<Hash>()}; }
  BlockHeader header(BlockKind kind) {
    return {id<Generation>(), id<ConfigNonce>(), id<Term>(),    id<SeqNo>(),   id<Seat>(),   kind,
            number(),         fixed<Hash>(),     fixed<Hash>(), fixed<Hash>(), fixed<Hash>()};
  }
  Block block(BlockKind kind) {
    Block made{header(kind), {}, fixed<Signature>()};
    if (kind == BlockKind::kNormal) made.body.operations = {operation(), operation()};
    if (kind == BlockKind::kRejoin) made.body.rejoin = rejoin();
    if (kind == BlockKind::kConfig) made.body.change = change();
    if (kind == BlockKind::kRestart) made.body.founders = {identity(), identity(), identity()};
    return made;
  }
  Accept accept() {
    return {scope(),    id<Term>(),  id<SeqNo>(),       fixed<Hash>(),
            id<Seat>(), id<Epoch>(), fixed<Signature>()};
  }
  NoConfidence vote() {
    return {scope(), id<Term>(), id<SeqNo>(), id<Seat>(), id<Epoch>(), fixed<Signature>()};
  }
  Grant grant() {
    return {scope(), id<Term>(), id<Seat>(),  fixed<Address>(),
            head(),  id<Seat>(), id<Epoch>(), fixed<Signature>()};
  }
  NewTerm new_term() { return {id<Term>(), {vote(), vote()}, {grant(), grant()}}; }
  RestartReport restart_report(bool blank) {
    return {scope(), id<Term>(), head(), blank, id<Seat>(), id<Epoch>(), fixed<Signature>()};
  }
  RecoveryConsent recovery_consent() {
    return {id<Generation>(),  id<Term>(), id<SeqNo>(),       {id<Seat>(), id<Seat>()},
            id<SeqNo>().value, id<Seat>(), fixed<Signature>()};
  }
  StartGeneration start() {
    return {id<Generation>(),
            id<Term>(),
            id<ConfigNonce>(),
            id<Seat>(),
            id<SeqNo>(),
            fixed<Hash>(),
            {{id<Seat>(), id<Epoch>()}, {id<Seat>(), id<Epoch>()}}};
  }
  Report report() {
    return {id<Generation>(),
            id<Term>(),
            id<ConfigNonce>(),
            id<Seat>(),
            {id<Seat>(), id<Seat>(), id<Seat>()}};
  }
  Proposal proposal() { return {header(BlockKind::kNormal), fixed<Signature>()}; }
  Contradiction contradiction() { return {identity(), proposal(), accept()}; }
  Envelope envelope(Message message) {
    return {scope(), id<Seat>(), id<Epoch>(), std::move(message)};
  }

 private:
  std::uint64_t made_ = 0;
  Prng prng_{7};
};

// One of each alternative, in the order of Message.
std::vector<Message> one_of_each() {
  Filler f;
  return {
      Heartbeat{f.id<Term>(), Standing::kObserver, true, f.number(), f.number(), f.id<SeqNo>(),
                f.id<SeqNo>(), f.id<BlockNumber>()},
      Request{f.operation()},
      Refusal{f.bytes(6), "overloaded"},
      Propose{f.block(BlockKind::kNormal), {f.accept(), f.accept()}},
      f.accept(),
      Committed{{f.accept(), f.accept()}},
      Votes{{f.vote(), f.vote()}},
      Probe{f.number(), f.id<Term>()},
      Healthy{f.number(), f.id<Term>(), f.id<SeqNo>()},
      GrantMessage{f.grant(), {f.vote(), f.vote()}},
      NewTermMessage{f.new_term(), f.block(BlockKind::kTermStart)},
      ReadIndex{f.number(), f.id<Term>()},
      ReadAck{f.number(), f.id<Term>()},
      ReadRequest{f.number()},
      ReadGrant{f.number(), f.id<SeqNo>()},
      Fetch{f.id<SeqNo>()},
      Chunk{{f.block(BlockKind::kRejoin)}, {7}, {f.accept()}, f.header(BlockKind::kCheckpoint)},
      RejoinRequest{f.rejoin()},
      RestartReportMessage{f.restart_report(true), {f.recovery_consent(), f.recovery_consent()}},
      GenerationProposal{f.start(), {f.restart_report(false), f.restart_report(true)}},
      GenerationConsent{f.start(), f.fixed<Signature>()},
      ReportShare{f.report(), f.fixed<Signature>()},
      Witness{{f.proposal(), f.accept(), f.grant()}, {f.contradiction(), f.contradiction()}},
      SnapshotFetch{f.id<SeqNo>(), 7},
      SnapshotPiece{f.id<SeqNo>(), 1, 2, f.bytes(5), {f.fixed<Hash>()}},
      StepDown{f.vote()},
  };
}

std::vector<Bytes> encoded_envelopes() {
  Filler f;
  std::vector<Bytes> encoded;
  for (auto& message : one_of_each())
    encoded.push_back(encode(f.envelope(std::move(message))));
  return encoded;
}

// The fields of the messages that have no comparison of their own.
bool operator==(const Heartbeat& a, const Heartbeat& b) {
  const auto fields = [](const Heartbeat& m) {
    return std::tie(m.term, m.standing, m.leading, m.nonce, m.echo, m.commit_seq, m.head_seq,
                    m.chain_height);
  };
  return fields(a) == fields(b);
}
bool operator==(const StepDown& a, const StepDown& b) {
  return a.vote == b.vote;
}
bool operator==(const Request& a, const Request& b) {
  return a.operation == b.operation;
}
bool operator==(const Refusal& a, const Refusal& b) {
  return a.key == b.key && a.code == b.code;
}
bool operator==(const Propose& a, const Propose& b) {
  return a.block == b.block && a.accepts == b.accepts;
}
bool operator==(const Committed& a, const Committed& b) {
  return a.accepts == b.accepts;
}
bool operator==(const Votes& a, const Votes& b) {
  return a.votes == b.votes;
}
template <class M>
requires std::is_same_v<M, Probe> || std::is_same_v<M, ReadIndex> || std::is_same_v<M, ReadAck>
bool operator==(const M& a, const M& b) {
  return a.nonce == b.nonce && a.term == b.term;
}
bool operator==(const Healthy& a, const Healthy& b) {
  return a.nonce == b.nonce && a.term == b.term && a.commit_seq == b.commit_seq;
}
bool operator==(const GrantMessage& a, const GrantMessage& b) {
  return a.grant == b.grant && a.votes == b.votes;
}
bool operator==(const NewTermMessage& a, const NewTermMessage& b) {
  return a.certificate == b.certificate && a.first_block == b.first_block;
}
bool operator==(const ReadRequest& a, const ReadRequest& b) {
  return a.nonce == b.nonce;
}
bool operator==(const ReadGrant& a, const ReadGrant& b) {
  return a.nonce == b.nonce && a.index == b.index;
}
bool operator==(const Fetch& a, const Fetch& b) {
  return a.from == b.from;
}
bool operator==(const Chunk& a, const Chunk& b) {
  return a.blocks == b.blocks && a.head_seq == b.head_seq && a.accepts == b.accepts;
}
bool operator==(const RejoinRequest& a, const RejoinRequest& b) {
  return a.rejoin == b.rejoin;
}
bool operator==(const RestartReportMessage& a, const RestartReportMessage& b) {
  return a.report == b.report && a.consents == b.consents;
}
bool operator==(const GenerationProposal& a, const GenerationProposal& b) {
  return a.start == b.start && a.reports == b.reports;
}
bool operator==(const GenerationConsent& a, const GenerationConsent& b) {
  return a.start == b.start && a.signature == b.signature;
}
bool operator==(const ReportShare& a, const ReportShare& b) {
  return a.report == b.report && a.signature == b.signature;
}
bool operator==(const Witness& a, const Witness& b) {
  return a.statements == b.statements && a.contradictions == b.contradictions;
}

bool operator==(const SnapshotFetch& a, const SnapshotFetch& b) {
  return a.seq == b.seq && a.index == b.index;
}
bool operator==(const SnapshotPiece& a, const SnapshotPiece& b) {
  return a.seq == b.seq && a.index == b.index && a.count == b.count && a.bytes == b.bytes &&
         a.path == b.path;
}

bool same(const Message& a, const Message& b) {
  if (a.index() != b.index()) return false;
  return std::visit(
      [&b](const auto& left) { return left == std::get<std::decay_t<decltype(left)>>(b); }, a);
}

// --- Round trips ---------------------------------------------------------------------------------

TEST(Codec, EveryMessageRoundTrips) {
  const auto messages = one_of_each();
  ASSERT_EQ(messages.size(), std::variant_size_v<Message>);
  Filler f;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    ASSERT_EQ(messages[i].index(), i);
    SCOPED_TRACE(message_name(messages[i]));
    const Envelope sent = f.envelope(messages[i]);
    const auto got = decode_envelope(encode(sent));
    ASSERT_TRUE(got);
    EXPECT_EQ(got->scope, sent.scope);
    EXPECT_EQ(got->seat, sent.seat);
    EXPECT_EQ(got->epoch, sent.epoch);
    EXPECT_TRUE(same(got->message, sent.message));
    EXPECT_EQ(encode(*got), encode(sent));
  }
}

TEST(Codec, EmptyListsRoundTrip) {
  Filler f;
  for (const Message& message : {Message{Committed{}}, Message{Votes{}}, Message{Chunk{}},
                                 Message{GenerationProposal{}}, Message{ReportShare{}}}) {
    const auto got = decode_envelope(encode(f.envelope(message)));
    ASSERT_TRUE(got) << message_name(message);
    EXPECT_TRUE(same(got->message, message)) << message_name(message);
  }
}

TEST(Codec, EveryKindOfBlockRoundTrips) {
  Filler f;
  for (const auto kind : {BlockKind::kNormal, BlockKind::kTermStart, BlockKind::kRejoin,
                          BlockKind::kRestart, BlockKind::kConfig}) {
    const Block block = f.block(kind);
    EXPECT_EQ(decode_block(encode(block)), block);
  }
}

TEST(Codec, WhatIsStoredRoundTrips) {
  Filler f;
  const NewTerm certificate = f.new_term();
  EXPECT_EQ(decode_new_term(encode(certificate)), certificate);
  const std::vector contradictions{f.contradiction(), f.contradiction()};
  EXPECT_EQ(decode_contradictions(encode(contradictions)), contradictions);
  EXPECT_EQ(decode_contradiction(encode(contradictions[0])), contradictions[0]);
  const std::vector<Accept> accepts{f.accept(), f.accept(), f.accept()};
  EXPECT_EQ(decode_accepts(encode(accepts)), accepts);
  EXPECT_EQ(decode_accepts(encode(std::vector<Accept>{})), std::vector<Accept>{});
}

TEST(Codec, NamesEveryMessage) {
  EXPECT_STREQ(message_name(Heartbeat{}), "HEARTBEAT");
  EXPECT_STREQ(message_name(Accept{}), "ACCEPT");
  EXPECT_STREQ(message_name(NewTermMessage{}), "NEW_TERM");
  EXPECT_STREQ(message_name(ReportShare{}), "REPORT");
}

// --- Bytes that are not ours ---------------------------------------------------------------------

template <class Decode>
void refuses_damage(const Bytes& good, const Decode& decode) {
  ASSERT_TRUE(decode(good));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode(ByteView(good).first(size))) << "cut at " << size;
  }
  for (const int byte : {0, 1, 255}) {
    Bytes longer = good;
    longer.push_back(static_cast<std::uint8_t>(byte));
    EXPECT_FALSE(decode(longer)) << "trailing " << byte;
  }
  for (const int version : {0, 2, 255}) {
    Bytes other = good;
    other[0] = static_cast<std::uint8_t>(version);
    EXPECT_FALSE(decode(other)) << "version " << version;
  }
}

// One value, one encoding: whatever decodes encodes to the very bytes it came from.
template <class Decode>
void stays_canonical(const Bytes& bytes, const Decode& decode) {
  if (const auto value = decode(bytes)) {
    EXPECT_EQ(encode(*value), bytes);
  }
}

template <class Decode>
void survives_flips(const Bytes& good, const Decode& decode) {
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int flip : {0x01, 0x02, 0x80, 0xff}) {
      Bytes bad = good;
      bad[at] = static_cast<std::uint8_t>(bad[at] ^ flip);
      stays_canonical(bad, decode);
    }
  }
}

// Every place where a count or a length may be, and every other: the largest number there is. What
// believed it would reserve gigabytes, which the sanitizer ends.
template <class Decode>
void survives_huge_counts(const Bytes& good, const Decode& decode) {
  for (std::size_t at = 1; at + 4 <= good.size(); ++at) {
    Bytes bad = good;
    std::fill_n(bad.begin() + static_cast<std::ptrdiff_t>(at), 4, 0xff);
    stays_canonical(bad, decode);
  }
}

TEST(Codec, RefusesDamagedMessages) {
  for (const auto& good : encoded_envelopes())
    refuses_damage(good, decode_envelope);
}

TEST(Codec, RefusesDamagedStores) {
  Filler f;
  refuses_damage(encode(f.block(BlockKind::kNormal)), decode_block);
  refuses_damage(encode(f.block(BlockKind::kRejoin)), decode_block);
  refuses_damage(encode(f.block(BlockKind::kRestart)), decode_block);
  refuses_damage(encode(f.new_term()), decode_new_term);
  refuses_damage(encode(std::vector<Accept>{f.accept(), f.accept()}), decode_accepts);
}

TEST(Codec, AFlippedByteNeverMakesASecondEncoding) {
  for (const auto& good : encoded_envelopes())
    survives_flips(good, decode_envelope);
  Filler f;
  survives_flips(encode(f.block(BlockKind::kRestart)), decode_block);
  survives_flips(encode(f.new_term()), decode_new_term);
  survives_flips(encode(std::vector<Accept>{f.accept()}), decode_accepts);
}

TEST(Codec, BelievesNoCount) {
  for (const auto& good : encoded_envelopes())
    survives_huge_counts(good, decode_envelope);
  Filler f;
  survives_huge_counts(encode(f.block(BlockKind::kNormal)), decode_block);
  survives_huge_counts(encode(f.block(BlockKind::kRestart)), decode_block);
  survives_huge_counts(encode(f.new_term()), decode_new_term);
}

constexpr std::size_t kEnvelopeBytes = 1 + 16 + 16 + 1;  // version, scope, speaker, tag

TEST(Codec, RefusesTheLargestCount) {
  Filler f;
  for (const Message& message :
       {Message{Committed{}}, Message{Votes{}}, Message{Chunk{}}, Message{Request{}}}) {
    Bytes bytes = encode(f.envelope(message));
    std::fill_n(bytes.begin() + kEnvelopeBytes, 4, 0xff);
    EXPECT_FALSE(decode_envelope(bytes)) << message_name(message);
  }
  EXPECT_FALSE(decode_accepts(Bytes{kWireVersion, 0xff, 0xff, 0xff, 0xff}));
}

TEST(Codec, RefusesAnUnknownTag) {
  Filler f;
  Bytes bytes = encode(f.envelope(ReadRequest{1}));
  for (std::size_t tag = std::variant_size_v<Message>; tag < 256; ++tag) {
    bytes[kEnvelopeBytes - 1] = static_cast<std::uint8_t>(tag);
    EXPECT_FALSE(decode_envelope(bytes)) << tag;
  }
}

TEST(Codec, RefusesUnknownEnumsAndFlags) {
  Filler f;
  Bytes heartbeat = encode(f.envelope(Heartbeat{}));
  for (const int standing : {0, 5, 255}) {
    heartbeat[kEnvelopeBytes + 8] = static_cast<std::uint8_t>(standing);
    EXPECT_FALSE(decode_envelope(heartbeat)) << "standing " << standing;
  }
  heartbeat = encode(f.envelope(Heartbeat{}));
  heartbeat[kEnvelopeBytes + 9] = 2;
  EXPECT_FALSE(decode_envelope(heartbeat)) << "leading";
  Bytes block = encode(f.block(BlockKind::kNormal));
  for (const int kind : {0, 7, 255}) {
    block[1 + 5 * 8] = static_cast<std::uint8_t>(kind);
    EXPECT_FALSE(decode_block(block)) << "kind " << kind;
  }
}

// --- Bounds --------------------------------------------------------------------------------------

bool decodes(const Message& message) {
  return decode_envelope(encode(Filler().envelope(message))).has_value();
}

TEST(Codec, BoundsKeysAndCommands) {
  const auto request = [](std::size_t key, std::size_t command) {
    return Request{{Bytes(key), Bytes(command)}};
  };
  EXPECT_TRUE(decodes(request(limits::kIdempotencyKeyBytesMax, limits::kCommandBytesMax)));
  EXPECT_FALSE(decodes(request(limits::kIdempotencyKeyBytesMax + 1, 1)));
  EXPECT_FALSE(decodes(request(1, limits::kCommandBytesMax + 1)));
  EXPECT_FALSE(decodes(Refusal{Bytes(limits::kIdempotencyKeyBytesMax + 1), ""}));
  EXPECT_FALSE(decodes(Refusal{{}, std::string(65, 'x')}));
}

TEST(Codec, BoundsLists) {
  Filler f;
  const Accept accept = f.accept();
  const NoConfidence vote = f.vote();
  EXPECT_TRUE(decodes(Committed{std::vector(limits::kSeatsMax, accept)}));
  EXPECT_FALSE(decodes(Committed{std::vector(limits::kSeatsMax + 1, accept)}));
  EXPECT_FALSE(decodes(Votes{std::vector(limits::kSeatsMax + 1, vote)}));
  EXPECT_FALSE(decodes(Chunk{std::vector(limits::kChunkBlocksMax + 1, Block{}), {}, {}, {}}));
  Report report = f.report();
  report.counted_seats.resize(limits::kSeatsMax + 1);
  EXPECT_FALSE(decodes(ReportShare{report, {}}));
  StartGeneration start = f.start();
  start.founders.resize(limits::kSeatsMax + 1);
  EXPECT_FALSE(decodes(GenerationConsent{start, {}}));
  EXPECT_FALSE(decode_accepts(encode(std::vector(limits::kSeatsMax + 1, accept))));
}

TEST(Codec, BoundsBlocks) {
  Block block = Filler().block(BlockKind::kNormal);
  block.body.operations.resize(limits::kBatchOpsMax);
  EXPECT_TRUE(decode_block(encode(block)));
  block.body.operations.resize(limits::kBatchOpsMax + 1);
  EXPECT_FALSE(decode_block(encode(block)));
  Block founding = Filler().block(BlockKind::kRestart);
  founding.body.founders.resize(limits::kSeatsMax + 1);
  EXPECT_FALSE(decode_block(encode(founding)));
}

TEST(Codec, BoundsMessages) {
  // Each part is within its own bound; together they are more than a message may hold.
  Filler f;
  Block block = f.block(BlockKind::kNormal);
  block.body.operations = std::vector(3, Operation{Bytes(1), Bytes(limits::kCommandBytesMax)});
  const std::size_t enough = limits::kMessageBytesMax / encode(block).size();
  EXPECT_TRUE(decodes(Chunk{std::vector(enough, block), {}, {}, {}}));
  EXPECT_FALSE(decodes(Chunk{std::vector(enough + 1, block), {}, {}, {}}));
}

// --- Hashes --------------------------------------------------------------------------------------

TEST(Codec, EveryFieldOfAHeaderIsHashed) {
  const BlockHeader header = Filler().header(BlockKind::kNormal);
  std::vector<BlockHeader> others(11, header);
  ++others[0].generation.value;
  ++others[1].config_nonce.value;
  ++others[2].term.value;
  ++others[3].seq.value;
  ++others[4].leader.value;
  others[5].kind = BlockKind::kRestart;
  ++others[6].leader_time_ms;
  others[7].prev_hash.bytes[0] ^= 1;
  others[8].ops_root.bytes[31] ^= 1;
  others[9].result_root.bytes[0] ^= 1;
  others[10].state_root.bytes[31] ^= 1;
  for (std::size_t i = 0; i < others.size(); ++i) {
    EXPECT_NE(block_hash(others[i]), block_hash(header)) << i;
  }
}

TEST(Codec, TheRootCoversAllThatABodyCarries) {
  Filler f;
  EXPECT_TRUE(ops_root({}).is_zero());
  BlockBody body;
  body.operations = {f.operation(), f.operation()};
  const Hash root = ops_root(body);
  std::swap(body.operations[0], body.operations[1]);
  EXPECT_NE(ops_root(body), root);
  std::swap(body.operations[0], body.operations[1]);
  body.rejoin = f.rejoin();
  EXPECT_NE(ops_root(body), root);
  body.rejoin.reset();
  body.founders = {f.identity()};
  EXPECT_NE(ops_root(body), root);
}

TEST(Codec, KeyAndCommandDoNotRunTogether) {
  EXPECT_NE(encode(Operation{{1, 2}, {3}}), encode(Operation{{1}, {2, 3}}));
}

}  // namespace
}  // namespace dnc
