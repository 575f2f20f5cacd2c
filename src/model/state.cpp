#include "model/state.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <type_traits>

namespace dnc::model {
namespace {

static_assert(std::is_trivially_copyable_v<State>);

auto order_of(const Block& block) {
  return std::tuple(block.term, block.depth, block.slot, block.kind, block.parent);
}

BlockSet open_gap(BlockSet set, BlockId at) {
  const BlockSet below = bit(at) - 1;
  return (set & below) | ((set & ~below) << 1);
}

void shift(BlockId& id, BlockId at) {
  if (id >= at) ++id;
}

void shift_grant(std::uint8_t& grant, BlockId at) {
  if (grant == kNoGrant) return;
  BlockId head = grant & 0x7f;
  shift(head, at);
  grant = static_cast<std::uint8_t>((grant & 0x80) | head);
}

void shift_boot(Boot& boot, BlockId at) {
  shift(boot.head, at);
  for (auto& grant : boot.grants)
    shift_grant(grant, at);
  boot.accepted = open_gap(boot.accepted, at);
  boot.admitted = open_gap(boot.admitted, at);
}

template <class T>
void put(std::vector<std::uint8_t>& bytes, const T& value) {
  const auto* raw = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), raw, raw + sizeof value);
}

template <class T>
void take(const std::uint8_t*& bytes, T& value) {
  std::memcpy(&value, bytes, sizeof value);
  bytes += sizeof value;
}

void put_boot(std::vector<std::uint8_t>& bytes, const Boot& boot) {
  put(bytes, static_cast<std::uint8_t>(static_cast<int>(boot.status) + (boot.blank ? 0x80 : 0)));
  if (boot.status == Status::kAbsent && boot.admitted == 0) return;
  put(bytes, boot.promised);
  put(bytes, boot.head);
  put(bytes, boot.vote);
  put(bytes, boot.leads);
  put(bytes, boot.grants);
  put(bytes, boot.accepted);
  put(bytes, boot.admitted);
}

void take_boot(const std::uint8_t*& bytes, Boot& boot, bool empty) {
  if (empty) return;
  take(bytes, boot.promised);
  take(bytes, boot.head);
  take(bytes, boot.vote);
  take(bytes, boot.leads);
  take(bytes, boot.grants);
  take(bytes, boot.accepted);
  take(bytes, boot.admitted);
}

bool less(const SeatState& left, const SeatState& right) {
  const auto key = [](const Boot& boot) {
    return std::tie(boot.status, boot.blank, boot.promised, boot.head, boot.vote, boot.leads,
                    boot.grants, boot.accepted, boot.admitted);
  };
  if (left.counted != right.counted) return left.counted < right.counted;
  for (std::size_t k = 0; k < left.boots.size(); ++k) {
    if (key(left.boots[k]) < key(right.boots[k])) return true;
    if (key(right.boots[k]) < key(left.boots[k])) return false;
  }
  return false;
}

}  // namespace

BlockId insert_block(State& state, Block block) {
  BlockId at = 1;
  while (at < state.block_count && order_of(state.blocks[at]) <= order_of(block))
    ++at;
  for (BlockId i = state.block_count; i > at; --i)
    state.blocks[i] = state.blocks[i - 1];
  state.blocks[at] = block;
  ++state.block_count;
  for (BlockId i = 1; i < state.block_count; ++i) {
    if (i != at) shift(state.blocks[i].parent, at);
  }
  state.committed = open_gap(state.committed, at);
  for (int s = 0; s < state.seats; ++s) {
    SeatState& seat = state.seat[s];
    seat.counted = open_gap(seat.counted, at);
    for (Boot& boot : seat.boots)
      shift_boot(boot, at);
  }
  return at;
}

BlockSet chain_of(const State& state, BlockId block) {
  BlockSet chain = bit(kGenesis);
  for (; block != kGenesis; block = state.blocks[block].parent)
    chain |= bit(block);
  return chain;
}

void sort_seats(State& state) {
  std::sort(state.seat.begin(), state.seat.begin() + state.seats, less);
}

void pack(const State& state, int boots, std::vector<std::uint8_t>& bytes) {
  bytes.clear();
  put(bytes, state.seats);
  put(bytes, state.block_count);
  put(bytes, state.generation);
  put(bytes, state.clones);
  put(bytes, state.lost_disks);
  put(bytes, state.committed);
  for (int b = 1; b < state.block_count; ++b)
    put(bytes, state.blocks[b]);
  for (int s = 0; s < state.seats; ++s) {
    put(bytes, state.seat[s].counted);
    for (int k = 0; k < boots; ++k) {
      const Boot& boot = state.seat[s].boots[k];
      put(bytes, boot.admitted != 0);
      put_boot(bytes, boot);
    }
  }
}

State unpack(const std::uint8_t* bytes, int boots) {
  State state;
  take(bytes, state.seats);
  take(bytes, state.block_count);
  take(bytes, state.generation);
  take(bytes, state.clones);
  take(bytes, state.lost_disks);
  take(bytes, state.committed);
  for (int b = 1; b < state.block_count; ++b)
    take(bytes, state.blocks[b]);
  for (int s = 0; s < state.seats; ++s) {
    take(bytes, state.seat[s].counted);
    for (Boot& boot : state.seat[s].boots)
      boot.grants.fill(kNoGrant);
    for (int k = 0; k < boots; ++k) {
      Boot& boot = state.seat[s].boots[k];
      bool admitted = false;
      std::uint8_t status = 0;
      take(bytes, admitted);
      take(bytes, status);
      boot.blank = (status & 0x80) != 0;
      boot.status = static_cast<Status>(status & 0x7f);
      take_boot(bytes, boot, boot.status == Status::kAbsent && !admitted);
    }
  }
  return state;
}

std::uint64_t fingerprint(const std::vector<std::uint8_t>& bytes) {
  std::uint64_t hash = 0x9e3779b97f4a7c15 ^ bytes.size();
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::uint64_t word = 0;
    const std::size_t some = std::min<std::size_t>(sizeof word, bytes.size() - at);
    std::memcpy(&word, bytes.data() + at, some);
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32;
    at += some;
  }
  hash *= 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace dnc::model
