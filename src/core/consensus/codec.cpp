#include "core/consensus/codec.hpp"

#include "core/base/wire.hpp"
#include "core/consensus/codec_parts.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {
namespace wire {

void put(Writer& out, const Identity& value) {
  out.id(value.seat);
  out.id(value.epoch);
  out.fixed(value.boot_key);
}

void get(Reader& in, Identity& value) {
  value.seat = in.id<Seat>();
  value.epoch = in.id<Epoch>();
  value.boot_key = in.fixed<Address>();
}

void put(Writer& out, const Scope& value) {
  out.id(value.generation);
  out.id(value.config_nonce);
}

void get(Reader& in, Scope& value) {
  value.generation = in.id<Generation>();
  value.config_nonce = in.id<ConfigNonce>();
}

void put(Writer& out, const LogHead& value) {
  out.id(value.term);
  out.id(value.seq);
  out.fixed(value.hash);
}

void get(Reader& in, LogHead& value) {
  value.term = in.id<Term>();
  value.seq = in.id<SeqNo>();
  value.hash = in.fixed<Hash>();
}

void put(Writer& out, const Operation& value) {
  out.blob(value.key);
  out.blob(value.command);
}

void get(Reader& in, Operation& value) {
  value.key = in.blob(limits::kIdempotencyKeyBytesMax);
  value.command = in.blob(limits::kCommandBytesMax);
}

void put(Writer& out, const Rejoin& value) {
  put(out, value.identity);
  out.id(value.chain_height);
  out.fixed(value.chain_hash);
}

void get(Reader& in, Rejoin& value) {
  get(in, value.identity);
  value.chain_height = in.id<BlockNumber>();
  value.chain_hash = in.fixed<Hash>();
}

void put(Writer& out, const SeatChange& value) {
  put(out, value.identity);
  out.flag(value.admits);
  out.id(value.chain_height);
  out.fixed(value.chain_hash);
}

void get(Reader& in, SeatChange& value) {
  get(in, value.identity);
  value.admits = in.flag();
  value.chain_height = in.id<BlockNumber>();
  value.chain_hash = in.fixed<Hash>();
}

void put(Writer& out, const BlockHeader& value) {
  out.id(value.generation);
  out.id(value.config_nonce);
  out.id(value.term);
  out.id(value.seq);
  out.id(value.leader);
  out.u8(static_cast<std::uint8_t>(value.kind));
  out.u64(value.leader_time_ms);
  out.fixed(value.prev_hash);
  out.fixed(value.ops_root);
  out.fixed(value.result_root);
  out.fixed(value.state_root);
}

void get(Reader& in, BlockHeader& value) {
  value.generation = in.id<Generation>();
  value.config_nonce = in.id<ConfigNonce>();
  value.term = in.id<Term>();
  value.seq = in.id<SeqNo>();
  value.leader = in.id<Seat>();
  const std::uint8_t kind = in.u8();
  if (kind < 1 || kind > static_cast<std::uint8_t>(BlockKind::kConfig)) in.fail();
  value.kind = static_cast<BlockKind>(kind);
  value.leader_time_ms = in.u64();
  value.prev_hash = in.fixed<Hash>();
  value.ops_root = in.fixed<Hash>();
  value.result_root = in.fixed<Hash>();
  value.state_root = in.fixed<Hash>();
}

void put(Writer& out, const Block& value) {
  put(out, value.header);
  put_list(out, value.body.operations);
  put_optional(out, value.body.rejoin);
  put_optional(out, value.body.change);
  put_list(out, value.body.founders);
  out.fixed(value.leader_signature);
}

void get(Reader& in, Block& value) {
  get(in, value.header);
  get_list(in, value.body.operations, 8, limits::kBatchOpsMax);
  get_optional(in, value.body.rejoin);
  get_optional(in, value.body.change);
  get_list(in, value.body.founders, 36, limits::kSeatsMax);
  value.leader_signature = in.fixed<Signature>();
}

}  // namespace wire

Bytes encode(const Block& block) {
  return wire::to_bytes(block);
}

std::optional<Block> decode_block(ByteView bytes) {
  return wire::from_bytes<Block>(bytes);
}

Bytes encode(const Operation& operation) {
  Writer out;
  wire::put(out, operation);
  return out.take();
}

Bytes encode(const BlockHeader& header) {
  Writer out;
  wire::put(out, header);
  return out.take();
}

Hash block_hash(const BlockHeader& header) {
  return keccak256(encode(header));
}

LogHead head_of(const BlockHeader& header) {
  return {header.term, header.seq, block_hash(header)};
}

Hash ops_root(const BlockBody& body) {
  std::vector<Bytes> items;
  items.reserve(body.operations.size() + body.founders.size() + 2);
  const auto add = [&items](const auto& item) {
    Writer out;
    wire::put(out, item);
    items.push_back(out.take());
  };
  for (const auto& operation : body.operations)
    add(operation);
  if (body.rejoin) add(*body.rejoin);
  if (body.change) add(*body.change);
  for (const auto& founder : body.founders)
    add(founder);
  return merkle_root(merkle_leaves(items));
}

}  // namespace dnc
