#include "core/consensus/backup.hpp"

#include "core/base/check.hpp"
#include "core/consensus/codec_parts.hpp"
#include "core/consensus/limits.hpp"
#include "core/consensus/log.hpp"
#include "core/crypto/merkle.hpp"

namespace dnc {
namespace {

constexpr std::size_t kHeaderBytes = 177;
constexpr std::size_t kAcceptBytes = 24 + Signature::kSize;

Error broken(std::string message) {
  return {"broken_log", std::move(message), "do not believe it; save another one"};
}

std::string place(SeqNo seq) {
  return "block " + std::to_string(seq.value);
}

void put_proof(Writer& out, const CommitProof& proof) {
  out.u32(static_cast<std::uint32_t>(proof.headers.size()));
  for (const Bytes& header : proof.headers)
    out.raw(header);
  out.u32(static_cast<std::uint32_t>(proof.accepts.size()));
  for (const ReceiptAccept& accept : proof.accepts) {
    out.id(accept.seat);
    out.id(accept.epoch);
    out.u64(accept.header);
    out.fixed(accept.signature);
  }
}

CommitProof get_proof(Reader& in) {
  CommitProof proof;
  const std::uint32_t headers = in.count(kHeaderBytes);
  if (headers > limits::kReceiptHeadersMax) in.fail();
  for (std::uint32_t i = 0; i < headers && in.ok(); ++i) {
    const ByteView header = in.raw(kHeaderBytes);
    proof.headers.emplace_back(header.begin(), header.end());
  }
  const std::uint32_t accepts = in.count(kAcceptBytes);
  if (accepts > limits::kSeatsMax) in.fail();
  for (std::uint32_t i = 0; i < accepts && in.ok(); ++i) {
    ReceiptAccept& accept = proof.accepts.emplace_back();
    accept.seat = in.id<Seat>();
    accept.epoch = in.id<Epoch>();
    accept.header = in.u64();
    accept.signature = in.fixed<Signature>();
  }
  return proof;
}

std::optional<BlockHeader> read_header(const Bytes& bytes) {
  Reader in(bytes);
  BlockHeader header;
  wire::get(in, header);
  return in.at_end() ? std::optional(header) : std::nullopt;
}

// Is each block the next one, and its body what its header says?
Result<LogHead> check_chain(const Backup& backup) {
  LogHead end;
  if (backup.snapshot) end = head_of(backup.snapshot->checkpoint);
  for (const Block& block : backup.blocks) {
    const BlockHeader& header = block.header;
    if (header.seq != end.seq.next() || header.prev_hash != end.hash || header.term < end.term) {
      return broken(place(header.seq) + " does not continue the one before");
    }
    if (header.ops_root != ops_root(block.body)) {
      return broken(place(header.seq) + " holds something else than its header says");
    }
    end = head_of(header);
  }
  return end;
}

}  // namespace

Bytes encode(const BackupHead& head) {
  Writer out;
  out.u8(kWireVersion);
  out.u64(head.domain.chain_id);
  out.fixed(head.domain.contract);
  put_proof(out, head.proof);
  wire::put_optional(out, head.checkpoint);
  out.u32(head.pieces);
  return out.take();
}

std::optional<BackupHead> decode_backup_head(ByteView bytes) {
  Reader in(bytes);
  if (in.u8() != kWireVersion) return std::nullopt;
  BackupHead head;
  head.domain.chain_id = in.u64();
  head.domain.contract = in.fixed<Address>();
  head.proof = get_proof(in);
  wire::get_optional(in, head.checkpoint);
  head.pieces = in.u32();
  const bool counted = head.checkpoint ? head.pieces > 0 : head.pieces == 0;
  const auto last = last_of(head);
  if (!in.at_end() || !counted || head.pieces > limits::kSnapshotPiecesMax || !last) {
    return std::nullopt;
  }
  // At least one block, or the checkpoint itself.
  if (last->value + 1 < head.first().value || last->value == 0) return std::nullopt;
  return head;
}

std::optional<SeqNo> last_of(const BackupHead& head) {
  if (head.proof.headers.empty()) return std::nullopt;
  const auto header = read_header(head.proof.headers.front());
  return header ? std::optional(header->seq) : std::nullopt;
}

std::vector<Accept> accepts_of(const CommitProof& proof) {
  std::vector<Accept> accepts;
  for (const ReceiptAccept& shown : proof.accepts) {
    const auto named = read_header(proof.headers[shown.header]);
    CHECK(named);
    accepts.push_back({{named->generation, named->config_nonce},
                       named->term,
                       named->seq,
                       block_hash(*named),
                       shown.seat,
                       shown.epoch,
                       shown.signature});
  }
  return accepts;
}

SnapshotPtr assemble(const BlockHeader& checkpoint, std::vector<Bytes> pieces) {
  auto snapshot = std::make_shared<Snapshot>();
  snapshot->checkpoint = checkpoint;
  snapshot->pieces = std::move(pieces);
  return prove_pieces(*snapshot) ? snapshot : nullptr;
}

Result<Verified> verify_backup(const Backup& backup, const KeyHistory& history) {
  const auto end = check_chain(backup);
  if (!end) return end.error();
  auto verified = verify_commit(backup.head.proof, history, Signing(backup.head.domain));
  if (verified && verified->block_hash != end->hash) {
    return broken("it ends at " + place(end->seq) + ", and what is signed is " +
                  place(verified->seq));
  }
  return verified;
}

Status replay_backup(const Backup& backup, StateMachine& service) {
  Executor executor(service);
  Log log;
  if (backup.snapshot) {
    auto roster = restore_state(*backup.snapshot, executor);
    if (!roster) {
      return Error{"unreadable_state", "this program cannot read the state in it",
                   "use the version of the nodes that it was saved from"};
    }
    log.restart_after(backup.snapshot->checkpoint, std::move(*roster));
  }
  for (const Block& block : backup.blocks) {
    const BlockHeader& header = block.header;
    if (!log.continues(block)) return broken(place(header.seq) + " changes seats that cannot be");
    const Hash results = executor.apply(header.seq, header.term, block.body);
    if (results != header.result_root) {
      return Error{"replay_differs",
                   "executed here, " + place(header.seq) + " led to something else",
                   "use the version of the nodes that it was saved from"};
    }
    executor.commit(header.seq);
    log.append(block);
  }
  return ok_status();
}

}  // namespace dnc
