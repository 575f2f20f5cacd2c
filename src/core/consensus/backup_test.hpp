// For tests: a backup of a small cluster, signed with real keys.
#pragma once

#include <string>

#include "core/consensus/backup.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {

// Its state is what was commanded, one after the other.
class TestService : public StateMachine {
 public:
  Bytes apply(SeqNo, ByteView command) override {
    state.insert(state.end(), command.begin(), command.end());
    return Bytes(command.begin(), command.end());
  }
  void commit(SeqNo) override {}
  void rollback(SeqNo) override {}
  Bytes query(ByteView) const override { return state; }
  Bytes snapshot() const override { return state; }
  bool restore(SeqNo, ByteView bytes) override {
    state.assign(bytes.begin(), bytes.end());
    return true;
  }
  Bytes state;
};

// Three seats count; seats 1 and 3 accepted the last of three blocks. They follow a snapshot of two
// pieces at block 1, or the first block, which names the seats.
struct TestBackup {
  explicit TestBackup(bool with_snapshot) {
    backup.head.domain = {31337, {}};
    backup.head.domain.contract.bytes.fill(0xc5);
    history.configs[{1}] = {{1}, {2}, {3}};
    std::vector<Identity> seats;
    for (std::uint64_t seat = 1; seat <= 3; ++seat) {
      seats.push_back({{seat}, {1}, key(seat).address()});
      history.keys[key(seat).address()] = {seat};
    }
    TestService service;
    Executor executor(service);
    if (with_snapshot) {
      service.state.assign(limits::kSnapshotPieceBytes, 7);
      keep(executor, Roster(seats));
    } else {
      Block first = next(BlockKind::kRestart);
      first.body.founders = seats;
      append(std::move(first), executor);
    }
    for (std::uint8_t i = 0; i < 3; ++i) {
      Block block = next(BlockKind::kNormal);
      block.body.operations = {{{i}, {1, i}}, {{7, i}, {2, i}}};
      append(std::move(block), executor);
    }
    state = service.state;
    sign();
  }

  static PrivateKey key(std::uint64_t seat) {
    Bytes secret(32, 1);
    secret[0] = static_cast<std::uint8_t>(seat);
    return PrivateKey::from_bytes(secret).value();
  }

  // Makes the proof anew, for the block that is the last one now.
  void sign() {
    const Signing signing(backup.head.domain);
    const BlockHeader& last = backup.last();
    backup.head.proof = {};
    backup.head.proof.headers = {encode(last)};
    for (const std::uint64_t seat : {1U, 3U}) {
      const Accept accept{{last.generation, last.config_nonce},
                          last.term,
                          last.seq,
                          block_hash(last),
                          {seat},
                          {1},
                          {}};
      backup.head.proof.accepts.push_back(
          {accept.seat, accept.epoch, 0, key(seat).sign(signing.accept(accept))});
    }
  }

  Backup backup;
  KeyHistory history;
  Bytes state;  // of the service, at its end

 private:
  Block next(BlockKind kind) const {
    Block block;
    block.header.generation = {1};
    block.header.config_nonce = {1};
    block.header.term = {1};
    block.header.leader = {1};
    block.header.kind = kind;
    block.header.leader_time_ms = 1'700'000'000'000;
    const LogHead end =
        backup.blocks.empty() && !backup.snapshot ? LogHead{} : head_of(backup.last());
    block.header.seq = end.seq.next();
    block.header.prev_hash = end.hash;
    return block;
  }
  void append(Block block, Executor& executor) {
    block.header.ops_root = ops_root(block.body);
    block.header.result_root = executor.apply(block.header.seq, {1}, block.body);
    backup.blocks.push_back(std::move(block));
  }
  void keep(const Executor& executor, const Roster& roster) {
    auto snapshot = std::make_shared<Snapshot>(capture_state(executor, roster));
    const Hash root = snapshot->checkpoint.state_root;
    snapshot->checkpoint = next(BlockKind::kCheckpoint).header;
    snapshot->checkpoint.state_root = root;
    backup.head.checkpoint = snapshot->checkpoint;
    backup.head.pieces = static_cast<std::uint32_t>(snapshot->pieces.size());
    backup.snapshot = std::move(snapshot);
  }
};

}  // namespace dnc
