// Making receipts, and what proves a backup, out of the log, the sessions and the kept ACCEPTs
// (docs/protocol.md sections 12a and 12c).
#include <algorithm>

#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {
namespace {

constexpr std::size_t kProofsTried = 64;  // of commits, for a backup

Error gone(SeqNo seq, const char* what) {
  return {"receipt_gone", std::string(what) + " block " + std::to_string(seq.value) + " any more",
          "ask another node, and ask earlier: keep the receipts that you need"};
}

}  // namespace

Result<Receipt> Replica::receipt(SeqNo seq, std::size_t operation) const {
  const State& state = *state_;
  if (seq.value == 0 || seq > state.commit_seq) {
    return Error{"not_committed",
                 "no block " + std::to_string(seq.value) + " is committed here yet",
                 "ask again once it is; commit_seq in /status says how far this node is"};
  }
  const Block* block = committed_block(seq);
  if (block == nullptr) return gone(seq, "this node does not hold");
  const auto& operations = block->body.operations;
  if (operation >= operations.size()) {
    return Error{"no_operation",
                 "block " + std::to_string(seq.value) + " has " +
                     std::to_string(operations.size()) + " operations",
                 "they are counted from 0; GET /log shows how many a block has"};
  }
  Receipt receipt;
  if (!state.attach_operation(*block, operation, receipt)) {
    return gone(seq, "this node does not remember the results of");
  }
  for (const auto* accepts : state.receipt_evidence.covering(seq)) {
    if (state.attach_accepts(*accepts, block->header, receipt)) return receipt;
  }
  return gone(seq, "this node does not hold the signatures of");
}

Result<BackupHead> Replica::backup() const {
  const State& state = *state_;
  BackupHead head;
  head.domain = state.config.domain;
  if (!state.snapshots.empty()) {
    head.checkpoint = state.snapshots.back()->checkpoint;
    head.pieces = static_cast<std::uint32_t>(state.snapshots.back()->pieces.size());
  }
  for (const auto& [seq, accepts] : state.receipt_evidence.newest(kProofsTried)) {
    if (seq > state.commit_seq || seq.next() < head.first() || seq <= state.log.base_seq())
      continue;
    if (state.attach_accepts(*accepts, state.log.header_at(seq), head.proof)) return head;
  }
  return Error{"no_proof", "this node has not seen a majority commit anything since it started",
               "ask another node, or make one write and ask again"};
}

SnapshotPtr Replica::snapshot(SeqNo seq) const {
  const auto& kept = state_->snapshots;
  const auto found = std::ranges::find(kept, seq, [](const auto& each) { return each->seq(); });
  return found == kept.end() ? nullptr : *found;
}

// The ACCEPTs, and the headers up to the highest block that one of them names. False: too few are
// left. One that named a block which was cut off later shows nothing to those who cannot see that
// block, and beyond the last header of a receipt there is no room.
bool Replica::State::attach_accepts(std::vector<Accept> all, const BlockHeader& header,
                                    CommitProof& proof) const {
  const Scope where{header.generation, header.config_nonce};
  const std::uint64_t first = header.seq.value;
  const Roster counting = roster_at(header.seq);
  std::erase_if(all, [&](const Accept& accept) {
    return accept.seq < header.seq || accept.seq.value - first >= limits::kReceiptHeadersMax ||
           accept.scope != where || !log.contains(accept.seq, accept.block_hash) ||
           !counting.counts(accept.seat, accept.epoch);
  });
  if (all.size() < counting.quorum()) return false;
  std::ranges::sort(all, {}, &Accept::seat);
  std::uint64_t last = first;
  for (const Accept& accept : all) {
    proof.accepts.push_back(
        {accept.seat, accept.epoch, accept.seq.value - first, accept.signature});
    last = std::max(last, accept.seq.value);
  }
  for (std::uint64_t at = first; at <= last; ++at)
    proof.headers.push_back(encode(log.at({at}).header));
  return true;
}

// The operation and its result with their ways up. False: some of the block's keys are forgotten,
// or stand for something else by now.
bool Replica::State::attach_operation(const Block& block, std::size_t wanted,
                                      Receipt& receipt) const {
  std::vector<Hash> asked;
  std::vector<Hash> results;
  for (const Operation& operation : block.body.operations) {
    const auto outcome = executor.remembered(block.header.seq, operation);
    if (!outcome) return false;
    const Bytes result = result_leaf(*outcome);
    if (results.size() == wanted) receipt.result = result;
    asked.push_back(merkle_leaf(encode(operation)));
    results.push_back(merkle_leaf(result));
  }
  if (merkle_root(results) != block.header.result_root) return false;
  receipt.operation = encode(block.body.operations[wanted]);
  receipt.sides = merkle_sides(wanted, asked.size());
  receipt.operation_path = merkle_path(std::move(asked), wanted);
  receipt.result_path = merkle_path(std::move(results), wanted);
  return true;
}

}  // namespace dnc
