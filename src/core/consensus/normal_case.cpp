// The normal case (docs/protocol.md section 6) up to ACCEPT: order, execute, persist, accept.
#include <algorithm>
#include <numeric>

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/replica_state.hpp"

namespace dnc {

// --- Clients -------------------------------------------------------------------------------------

void Replica::State::on_client_write(const ClientWrite& write) {
  const auto refuse = [&](const char* code) {
    effects.writes.push_back({write.ticket, code, {}, {}, {}});
  };
  if (standing == Standing::kRecovering) return refuse("not_serving");
  if (bypassed()) return refuse("notary_bypassed");
  Operation operation = write.operation;
  if (operation.command.size() > limits::kCommandBytesMax ||
      operation.key.size() > limits::kIdempotencyKeyBytesMax) {
    return refuse("too_large");
  }
  if (operation.key.empty()) {
    Writer key;
    key.fixed(self.boot_key);
    key.u64(++made_keys);
    operation.key = key.take();
  } else if (const Session* done = executor.find(operation.key)) {
    const bool same = done->operation == operation_hash(operation);
    effects.writes.push_back(
        {write.ticket, same ? "" : "key_reused", done->result, done->seq, done->term});
    return;
  }
  const auto known = writes.find(operation.key);
  if (known != writes.end()) {
    if (!(known->second.operation == operation)) return refuse("key_reused");
    known->second.tickets.push_back(write.ticket);
    return;
  }
  if (writes.size() >= limits::kPendingRequestsMax) return refuse("overloaded");
  write_deadlines.emplace_back(now + config.timing.request_timeout, operation.key);
  if (is_leader() && leading && !enqueue(operation)) return refuse("overloaded");
  PendingWrite pending;
  pending.tickets = {write.ticket};
  pending.operation = operation;
  pending.since = now;
  forward(writes.emplace(operation.key, std::move(pending)).first->second, false);
}

// Passes a waiting operation on to the leader; with `again`, also if that leader was sent it
// before.
void Replica::State::forward(PendingWrite& pending, bool again) {
  const auto to = known_leader();
  if (!to) return;
  const bool sent = pending.forwarded_to == *to;
  if (sent && !again) return;
  if (!sent) pending.forwarded = now;
  pending.forwarded_to = *to;
  if (*to == self.seat) {
    enqueue(pending.operation);
  } else {
    send(*to, Request{pending.operation});
  }
}

void Replica::State::forward_writes(bool again) {
  for (auto& [key, pending] : writes)
    forward(pending, again);
}

void Replica::State::fail_write(const Bytes& key, const std::string& code) {
  const auto it = writes.find(key);
  if (it == writes.end()) return;
  for (const auto ticket : it->second.tickets)
    effects.writes.push_back({ticket, code, {}, {}, {}});
  writes.erase(it);
}

void Replica::State::expire_writes() {
  while (!write_deadlines.empty() && write_deadlines.front().first <= now) {
    const Bytes key = std::move(write_deadlines.front().second);
    write_deadlines.pop_front();
    const auto it = writes.find(key);
    // A key may have been asked again after its first answer: then it has a deadline of its own.
    if (it == writes.end() || now - it->second.since < config.timing.request_timeout) continue;
    fail_write(key, known_leader() ? "timeout" : "no_leader");
  }
}

void Replica::State::on(const Identity& from, const Request& request) {
  const Operation& operation = request.operation;
  if (operation.key.empty()) return;
  const bool serving = is_leader() && leading && announced;
  if (!serving) return;  // the sender finds the leader by itself and sends again
  if (bypassed()) return send(from.seat, Refusal{operation.key, "notary_bypassed"});
  if (!enqueue(operation)) send(from.seat, Refusal{operation.key, "overloaded"});
}

void Replica::State::on(const Identity& from, const Refusal& refusal) {
  if (known_leader() == from.seat) fail_write(refusal.key, refusal.code);
}

bool Replica::State::enqueue(const Operation& operation) {
  if (executor.knows(operation.key) && !executor.find(operation.key)) return true;  // in flight
  if (queued_keys.contains(operation.key)) return true;
  if (queue.size() >= limits::kQueuedOpsMax) return false;
  if (queue.empty()) queue_since = now;
  queued_keys.insert(operation.key);
  queued_bytes += operation.key.size() + operation.command.size();
  queue.push_back(operation);
  return true;
}

// --- The leader proposes -------------------------------------------------------------------------

bool Replica::State::committed_in_term() const {
  return commit_seq.value > 0 && log.term_at(commit_seq) == term;
}

void Replica::State::drop_queue() {
  queue.clear();
  queued_keys.clear();
  queued_bytes = 0;
}

// Adaptive batching: nothing waits when nothing is in flight. Else what waits is proposed once it
// is as much as what is in flight, so that two blocks overlap and share the clients between them,
// and at the latest when it has waited for as long as a commit takes.
bool Replica::State::batch_due() const {
  const std::size_t in_flight = std::accumulate(
      proposed.begin(), proposed.end(), std::size_t{0},
      [](std::size_t sum, const Proposed& block) { return sum + block.operations; });
  if (in_flight == 0 || queue.size() >= limits::kBatchOpsMax ||
      queued_bytes >= limits::kBatchBytesMax) {
    return true;
  }
  const Time waited = now - queue_since;
  if (waited < config.timing.batch_window) return false;
  return queue.size() >= in_flight || waited >= commit_time;
}

void Replica::State::flush() {
  if (is_leader() && leading && announced && checkpoint_due()) {
    if (!captured()) return;  // nothing is executed before
    propose(BlockKind::kCheckpoint, {});
  }
  while (is_leader() && leading && announced && !queue.empty()) {
    const std::uint64_t in_flight = log.head_seq().value - commit_seq.value;
    if (in_flight >= limits::kBlocksInFlightMax || !batch_due()) return;
    BlockBody body;
    std::size_t bytes = 0;
    while (!queue.empty() && body.operations.size() < limits::kBatchOpsMax &&
           bytes < limits::kBatchBytesMax) {
      bytes += queue.front().key.size() + queue.front().command.size();
      queued_keys.erase(queue.front().key);
      body.operations.push_back(std::move(queue.front()));
      queue.pop_front();
    }
    queued_bytes -= bytes;
    queue_since = now;
    propose(BlockKind::kNormal, std::move(body));
  }
}

// Requires: I lead this term. Executes, signs, sends and persists the next block. With
// `puts_in_force` it is the first of the pending configuration.
void Replica::State::propose(BlockKind kind, BlockBody body, bool puts_in_force) {
  CHECK(is_leader());
  const LogHead head = log.head();
  if (log.empty() || log.header_at(head.seq).generation != generation) {
    body.founders = founded.seats();
  }
  Block block;
  block.body = std::move(body);
  BlockHeader& header = block.header;
  header.generation = generation;
  const ConfigNonce nonce = roster().nonce();
  header.config_nonce = puts_in_force ? nonce.next() : nonce;
  header.term = term;
  header.seq = head.seq.next();
  header.leader = self.seat;
  header.kind = kind;
  const std::uint64_t before = log.empty() ? 0 : log.header_at(head.seq).leader_time_ms;
  header.leader_time_ms = std::max(before, utc_ms);
  header.prev_hash = head.hash;
  header.ops_root = ops_root(block.body);
  if (kind == BlockKind::kCheckpoint) {
    const auto root = capture_checkpoint();
    if (!root) return;
    header.state_root = *root;
  }
  header.result_root = executor.apply(header.seq, term, block.body);
  const auto signature = notary.propose(header);
  if (!signature) {
    executor.rollback(head.seq);
    event("notary_refused", {{"what", "propose"}, {"why", signature.error().message}});
    return;
  }
  block.leader_signature = *signature;
  persist_block(block);
  std::optional<Message> shown;  // a TERM_START travels in NEW_TERM, once it is durable
  if (kind == BlockKind::kTermStart) {
    opening = block;
  } else {
    shown = Propose{block, commit_evidence()};
  }
  log.append(std::move(block));
  proposed.push_back({log.head_seq(), now, log.at(log.head_seq()).body.operations.size()});
  if (kind == BlockKind::kCheckpoint) keep_capture(log.header_at(log.head_seq()));
  if (!shown) return;
  send_members(*shown);
  commit_news = false;
}

void Replica::State::persist_block(const Block& block) {
  batch.blocks.emplace_back(block.header.seq, encode(block));
  bytes_since_checkpoint += batch.blocks.back().second.size();
}

// --- A follower takes it -------------------------------------------------------------------------

void Replica::State::on(const Identity& from, const Propose& message) {
  if (!following() || from != leader) return;
  if (append_proposal(message.block)) {
    // Blocks that came before their turn are fetched again by fill_gap().
  } else if (message.block.header.seq > log.head_seq().next() && !hold(message.block)) {
    fill_gap();
  }
  note_accepts(message.accepts);
  try_commit();
}

// Everything about a block that can be judged without executing it.
bool Replica::State::acceptable(const Block& block) const {
  const BlockHeader& header = block.header;
  const bool first = log.empty() || log.header_at(log.head_seq()).generation != generation;
  if (!log.continues(block) || header.generation != generation || header.term != term ||
      header.leader != leader.seat || header.ops_root != ops_root(block.body)) {
    return false;
  }
  if (first && header.config_nonce != founded.nonce()) return false;
  if (block.body.rejoin.has_value() != (header.kind == BlockKind::kRejoin) ||
      block.body.change.has_value() != (header.kind == BlockKind::kConfig)) {
    return false;
  }
  if (!log.empty() && header.leader_time_ms < log.header_at(log.head_seq()).leader_time_ms) {
    return false;
  }
  if (block.body.founders != (first ? founded.seats() : std::vector<Identity>{})) return false;
  if (header.kind != BlockKind::kCheckpoint && !header.state_root.is_zero()) return false;
  const bool opens = !mid_term && header.seq == chosen.seq.next();
  switch (header.kind) {
    case BlockKind::kNormal:
      for (const auto& operation : block.body.operations) {
        if (operation.key.empty()) return false;
      }
      return !opens;
    case BlockKind::kTermStart:
      return opens && certificate && block.body.operations.empty();
    case BlockKind::kRestart:
      return opens && !certificate && block.body.operations.empty();
    case BlockKind::kRejoin:
      return !opens && block.body.operations.empty() && rejoin_valid(*block.body.rejoin);
    case BlockKind::kCheckpoint:
      return !opens && block.body.operations.empty();
    case BlockKind::kConfig:
      return !opens && block.body.operations.empty() && change_valid(*block.body.change);
  }
  return false;
}

// Takes the next block of the current term from its leader. False: not (yet) acceptable.
bool Replica::State::append_proposal(const Block& block) {
  const BlockHeader& header = block.header;
  const bool held = header.seq >= log.base_seq() && header.seq <= log.head_seq();
  if (held && header.term == term && header.seq > chosen.seq &&
      log.hash_at(header.seq) != block_hash(header) &&
      notary.check_proposal(header, block.leader_signature)) {
    weigh(Proposal{header, block.leader_signature});
    vote(next_term(term), "the leader signed two blocks for one place");
    return false;
  }
  if (bypassed(leader.seat)) return false;
  if (!acceptable(block) || !notary.check_proposal(header, block.leader_signature)) return false;
  if (header.kind == BlockKind::kCheckpoint && !captured()) {
    held_back.assign(1, block);
    return true;
  }
  if (append_executed(block)) return true;
  vote(next_term(term), "a block's results or state differ from mine");
  return false;
}

bool Replica::State::append_executed(Block block) {
  if (!execute(block)) return false;
  persist_block(block);
  log.append(std::move(block));
  const BlockHeader& header = log.header_at(log.head_seq());
  if (header.kind == BlockKind::kCheckpoint) keep_capture(header);
  return true;
}

// What the newest sync covers is accepted: one signature for the whole chain up to there. Also for
// a term that is already being left: its grant must state what is truly held.
void Replica::State::accept_durable() {
  if (standing != Standing::kMember || !token || !log.contains(token->head())) return;
  const LogHead durable = token->head();
  if (durable.term != accepting || durable.seq <= chosen.seq || durable.seq <= accepted.seq) return;
  const SeqNo before = std::max(accepted.seq, chosen.seq);
  if (before < log.base_seq()) return;  // what lies between was refused when it was there
  std::vector<BlockHeader> headers;
  for (SeqNo seq = before.next(); seq <= durable.seq; seq = seq.next()) {
    headers.push_back(log.header_at(seq));
  }
  const auto accept = notary.accept(headers, *token);
  if (!accept) {
    event("notary_refused", {{"what", "accept"}, {"why", accept.error().message}});
    return;
  }
  accepted = durable;
  stated.note(*accept);
  if (!entered || term != accepting) return;
  accepts.insert_or_assign(self.seat, *accept);
  if (leader != self) send(leader.seat, *accept);
  try_commit();
}

// --- Again ---------------------------------------------------------------------------------------

// What the network may have lost: my last ACCEPT, as long as the leader or I miss the commit, a
// follower's news of it, passed-on writes.
void Replica::State::resend_normal_case() {
  if (following()) {
    const auto mine = accepts.find(self.seat);
    const auto peer = peers.find(leader.seat);
    const SeqNo known = peer == peers.end() ? commit_seq : peer->second.last.commit_seq;
    if (mine != accepts.end() && mine->second.seq > std::min(commit_seq, known)) {
      send(leader.seat, mine->second);
    }
  }
  if (is_leader() && leading && announced) {
    for (const auto& member : audience()) {
      const auto peer = peers.find(member.seat);
      if (peer == peers.end() || peer->second.last.commit_seq >= commit_seq) continue;
      send(member.seat, Committed{commit_evidence()});
    }
  }
  forward_writes(true);
}

}  // namespace dnc
