#include "sim/liar.hpp"

#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

constexpr std::size_t kRemembered = 200;

}  // namespace

std::vector<Bytes> Liar::twist(const Outgoing& outgoing) {
  Envelope envelope = outgoing.envelope;
  std::vector<Bytes> sent;
  if (!what_.has(LiesAbout::kSilence) || !withholds(envelope.message)) {
    falsify(envelope.message);
    sent.push_back(encode(envelope));
  }
  if (what_.has(LiesAbout::kReplays)) {
    said_.push_back(encode(outgoing.envelope));
    if (said_.size() > kRemembered) said_.pop_front();
    if (prng_.chance(200)) sent.push_back(said_[prng_.below(said_.size())]);
  }
  // Operations carry no signature of their client: a node may ask for whatever it likes.
  const bool operation = std::holds_alternative<Request>(outgoing.envelope.message);
  if (what_.has(LiesAbout::kGarbage) && !operation && prng_.chance(100)) {
    Bytes garbage = encode(outgoing.envelope);
    garbage[prng_.below(garbage.size())] ^= static_cast<std::uint8_t>(1 + prng_.below(255));
    if (prng_.chance(300)) garbage.resize(prng_.below(garbage.size()));
    // One byte may turn the index of a read into a lower one, which is a lie about reads.
    if (!std::holds_alternative<ReadGrant>(outgoing.envelope.message)) {
      sent.push_back(std::move(garbage));
    }
  }
  if ((what_.has(LiesAbout::kQuestions) || what_.has(LiesAbout::kRefusals)) && prng_.chance(50)) {
    envelope.message = invent();
    sent.push_back(encode(envelope));
  }
  return sent;
}

// It keeps its link alive and is silent about what matters.
bool Liar::withholds(const Message& message) {
  if (std::holds_alternative<Heartbeat>(message)) return false;
  if (std::holds_alternative<Chunk>(message)) return prng_.chance(800);
  return prng_.chance(300);
}

void Liar::falsify(Message& message) {
  if (auto* heartbeat = std::get_if<Heartbeat>(&message)) {
    if (what_.has(LiesAbout::kHeartbeats)) falsify(*heartbeat);
  } else if (auto* chunk = std::get_if<Chunk>(&message)) {
    if (what_.has(LiesAbout::kBlocks)) falsify(*chunk);
  } else if (auto* piece = std::get_if<SnapshotPiece>(&message)) {
    if (what_.has(LiesAbout::kBlocks)) falsify(*piece);
  } else if (auto* healthy = std::get_if<Healthy>(&message)) {
    if (!what_.has(LiesAbout::kVouching)) return;
    healthy->term = {healthy->term.value + prng_.below(1000)};
    healthy->commit_seq = {prng_.next()};
  }
}

void Liar::falsify(Heartbeat& heartbeat) {
  switch (prng_.below(6)) {
    case 0:
      heartbeat.leading = !heartbeat.leading;
      break;
    case 1:
      heartbeat.term = {heartbeat.term.value + prng_.below(1'000'000)};
      break;
    case 2:
      heartbeat.standing = static_cast<Standing>(1 + prng_.below(4));
      break;
    case 3:
      heartbeat.echo = prng_.next();
      break;
    case 4:
      heartbeat.commit_seq = heartbeat.head_seq = {prng_.next()};
      break;
    default:
      heartbeat.chain_height = {prng_.next()};
      break;
  }
}

void Liar::falsify(Chunk& chunk) {
  if (!chunk.blocks.empty()) {
    Block& block = chunk.blocks[prng_.below(chunk.blocks.size())];
    switch (prng_.below(4)) {
      case 0:
        block.header.prev_hash.bytes[0] ^= 1;
        break;
      case 1:
        block.header.term = block.header.term.next();
        break;
      case 2:
        block.body.operations.push_back({Bytes{'x'}, Bytes{1, 2, 3}});
        break;
      default:
        block.header.result_root.bytes[31] ^= 1;
        break;
    }
  }
  if (chunk.checkpoint && prng_.chance(300)) chunk.checkpoint->state_root.bytes[0] ^= 1;
  if (prng_.chance(300)) chunk.head_seq = {prng_.next()};
  if (prng_.chance(300)) chunk.accepts.clear();
}

void Liar::falsify(SnapshotPiece& piece) {
  switch (prng_.below(4)) {
    case 0:
      if (!piece.bytes.empty()) piece.bytes[prng_.below(piece.bytes.size())] ^= 1;
      break;
    case 1:
      piece.count += 1;
      break;
    case 2:
      piece.path.push_back({});
      break;
    default:
      piece.count = 0;  // "I have none"
      break;
  }
}

Message Liar::invent() {
  if (what_.has(LiesAbout::kRefusals) && prng_.chance(500)) {
    return Refusal{Bytes{'k'}, "overloaded"};
  }
  switch (prng_.below(4)) {
    case 0:
      return Fetch{{prng_.next()}};
    case 1:
      return SnapshotFetch{{prng_.below(1000)}, static_cast<std::uint32_t>(prng_.below(100))};
    case 2:
      return Probe{prng_.next() | 1, {prng_.below(1000)}};
    default:
      return Healthy{prng_.next(), {prng_.below(1000)}, {prng_.next()}};
  }
}

}  // namespace dnc
