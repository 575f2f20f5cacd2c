#include "core/consensus/executor.hpp"

#include <algorithm>

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {

Hash operation_hash(const Operation& operation) {
  return keccak256(encode(operation));
}

namespace {

// Of all at once: faster than one by one.
std::vector<Hash> operation_hashes(const std::vector<Operation>& operations) {
  std::vector<Bytes> encoded;
  encoded.reserve(operations.size());
  for (const auto& operation : operations)
    encoded.push_back(encode(operation));
  return keccak256_each(std::vector<ByteView>(encoded.begin(), encoded.end()));
}

}  // namespace

Bytes result_leaf(const Outcome& outcome) {
  Writer leaf;
  leaf.flag(outcome.key_reused);
  leaf.id(outcome.seq);
  leaf.blob(outcome.result);
  return leaf.take();
}

std::optional<Outcome> Executor::remembered(SeqNo seq, const Operation& operation) const {
  const Session* known = find(operation.key);
  if (known == nullptr) return std::nullopt;
  if (known->operation != operation_hash(operation))
    return Outcome{operation.key, true, {}, seq, {}};
  return Outcome{operation.key, false, known->result, known->seq, known->term};
}

Outcome Executor::execute(SeqNo seq, Term term, const Operation& operation, const Hash& hash) {
  if (const Session* known = sessions_.find(operation.key)) {
    if (known->operation != hash) return {operation.key, true, {}, seq, term};
    return {operation.key, false, known->result, known->seq, known->term};
  }
  Bytes result = service_.apply(seq, operation.command);
  sessions_.insert(operation.key, {hash, result, seq, term});
  return {operation.key, false, std::move(result), seq, term};
}

Hash Executor::apply(SeqNo seq, Term term, const BlockBody& body) {
  CHECK(seq > committed_ && (pending_.empty() || pending_.back().first < seq));
  std::vector<Outcome> outcomes;
  std::vector<Bytes> results;
  outcomes.reserve(body.operations.size());
  results.reserve(body.operations.size());
  const std::vector<Hash> hashes = operation_hashes(body.operations);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    outcomes.push_back(execute(seq, term, body.operations[i], hashes[i]));
    results.push_back(result_leaf(outcomes.back()));
  }
  pending_.emplace_back(seq, std::move(outcomes));
  return merkle_root(merkle_leaves(results));
}

std::vector<Outcome> Executor::commit(SeqNo seq) {
  std::vector<Outcome> outcomes;
  while (!pending_.empty() && pending_.front().first <= seq) {
    auto& block = pending_.front().second;
    std::move(block.begin(), block.end(), std::back_inserter(outcomes));
    pending_.pop_front();
  }
  service_.commit(seq);
  sessions_.commit(seq);
  committed_ = seq;
  return outcomes;
}

void Executor::rollback(SeqNo seq) {
  CHECK(seq >= committed_);
  while (!pending_.empty() && pending_.back().first > seq)
    pending_.pop_back();
  service_.rollback(seq);
  sessions_.rollback(seq);
}

bool Executor::snapshot(Writer& out, Cursor& at, std::size_t bytes) const {
  if (!at.service) {
    if (!sessions_.write(out, at.sessions, bytes)) return false;
    at.service = service_.snapshot();
    out.u32(static_cast<std::uint32_t>(at.service->size()));
  }
  const ByteView rest = ByteView(*at.service).subspan(at.written);
  const std::size_t size = std::min(rest.size(), bytes);
  out.raw(rest.first(size));
  at.written += size;
  return size == rest.size();
}

bool Executor::restore(SeqNo seq, Reader& in) {
  auto sessions = Sessions::read(in);
  const Bytes service = in.blob(limits::kStateBytesMax);
  if (!sessions || !in.at_end() || !service_.restore(seq, service)) return false;
  sessions_ = std::move(*sessions);
  pending_.clear();
  committed_ = seq;
  return true;
}

}  // namespace dnc
