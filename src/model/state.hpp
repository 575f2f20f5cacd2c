// One state of the abstract protocol (docs/model.md): every block that was ever proposed and what
// each boot of each seat has said. Small, without pointers, so that millions fit into memory.
//
// Messages are not kept apart: what was signed once can be received at any later time, or never.
// So loss, delay and reordering are in the model without a network.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace dnc::model {

inline constexpr int kMaxSeats = 5;
inline constexpr int kMaxBoots = 3;
inline constexpr int kMaxTerms = 7;
inline constexpr int kMaxBlocks = 24;

using BlockSet = std::uint32_t;  // bit i: block i
using SeatSet = std::uint32_t;   // bit i: seat i
using BlockId = std::uint8_t;

inline constexpr BlockId kGenesis = 0;
inline constexpr std::uint8_t kNoGrant = 0xff;

constexpr BlockSet bit(int index) {
  return BlockSet{1} << index;
}

enum class Kind : std::uint8_t { kNormal, kTermStart, kRejoin, kRestart, kConfig };

struct Block {
  BlockId parent = kGenesis;
  std::uint8_t term = 0;
  Kind kind = Kind::kNormal;
  std::uint8_t slot = 0;   // which of the leaders that its term could have proposed it
  std::uint8_t depth = 0;  // its seq
};

enum class Status : std::uint8_t {
  kAbsent,      // never booted
  kRecovering,  // booted and on the chain; its head is what the disk holds
  kMember,      // speaks
  kReported,    // said its last word in this generation
  kDead,
};

struct Boot {
  Status status = Status::kAbsent;
  bool blank = false;  // its disk held nothing
  std::uint8_t promised = 0;
  BlockId head = kGenesis;              // the last block accepted
  std::uint8_t vote = 0;                // the highest term voted for
  std::array<std::uint8_t, 2> leads{};  // per slot, bit t: is to lead term t
  // Per term: the head that its GRANT states, and 0x80 when it names the leader of slot 1.
  std::array<std::uint8_t, kMaxTerms + 1> grants{};
  BlockSet accepted = 0;  // ACCEPTs that may still make a commit
  BlockSet admitted = 0;  // REJOIN and RESTART blocks that name this boot
};

struct SeatState {
  std::array<Boot, kMaxBoots> boots{};
  BlockSet counted = 0;  // CONFIG blocks (and genesis) that count this seat
};

struct State {
  std::uint8_t seats = 0;
  std::uint8_t block_count = 1;
  std::uint8_t generation = 1;
  std::uint8_t clones = 0;      // boots that left their predecessor running
  std::uint8_t lost_disks = 0;  // disks lost or set back
  BlockSet committed = bit(kGenesis);
  std::array<Block, kMaxBlocks> blocks{};
  std::array<SeatState, kMaxSeats> seat{};
};

// Adds a block and renumbers, so that the order in which blocks came about does not tell states
// apart. Returns its number. Requires: block_count < kMaxBlocks.
BlockId insert_block(State& state, Block block);

// The block and all below it.
BlockSet chain_of(const State& state, BlockId block);

// (term, depth) of the end of a log: R1 and R3 compare these.
constexpr int rank(const Block& block) {
  return block.term * 256 + block.depth;
}

// Seats have no names: states that differ only in which seat is which become one.
void sort_seats(State& state);

// The bytes that tell states apart, and back.
void pack(const State& state, int boots, std::vector<std::uint8_t>& bytes);
State unpack(const std::uint8_t* bytes, int boots);
std::uint64_t fingerprint(const std::vector<std::uint8_t>& bytes);

}  // namespace dnc::model
