// Linearizable reads by read index (docs/protocol.md section 12): the leader notes its commit,
// makes sure by one round to q seats that it still leads, and answers once it has applied that far.
// Reads that come while a round is under way share the next one.
#include <algorithm>

#include "core/consensus/replica_state.hpp"

namespace dnc {

void Replica::State::on_client_read(const ClientRead& read) {
  if (!read.linearizable) {
    effects.reads.push_back({read.ticket, "", executor.query(read.query), commit_seq});
    return;
  }
  if (standing == Standing::kRecovering) {
    effects.reads.push_back({read.ticket, "not_serving", {}, {}});
    return;
  }
  if (reads_waiting.size() >= limits::kPendingReadsMax) {
    effects.reads.push_back({read.ticket, "overloaded", {}, {}});
    return;
  }
  reads_waiting.push_back({read.ticket, read.query, {}, 0, now});
  start_read_round();
}

void Replica::State::on(const Identity& from, const ReadRequest& message) {
  if (!is_leader() || !leading || reads_waiting.size() >= limits::kPendingReadsMax) return;
  for (const auto& read : reads_waiting) {
    if (read.from == from.seat && read.nonce == message.nonce) return;
  }
  reads_waiting.push_back({0, {}, from.seat, message.nonce, now});
  start_read_round();
}

// One round at a time: at the leader to its followers, at a follower to the leader.
void Replica::State::start_read_round() {
  const auto to = known_leader();
  if (read_round.nonce != 0 || reads_waiting.empty() || !to) return;
  if (*to == self.seat && !committed_in_term()) return;
  read_round = {};
  read_round.nonce = prng.next() | 1;
  read_round.sent = now;
  // Not my commit: a follower may have counted the same ACCEPTs before me and answered with them.
  // But whatever is committed anywhere is in my log.
  read_round.index = log.head_seq();
  read_round.reads = std::move(reads_waiting);
  reads_waiting.clear();
  if (*to == self.seat) {
    read_round.acks.insert(self.seat);
    send_members(ReadIndex{read_round.nonce, term});
    serve_read_round();
  } else {
    send(*to, ReadRequest{read_round.nonce});
  }
}

void Replica::State::on(const Identity& from, const ReadIndex& message) {
  if (following() && from == leader && message.term == term) {
    send(from.seat, ReadAck{message.nonce, term});
  }
}

void Replica::State::on(const Identity& from, const ReadAck& message) {
  if (!is_leader() || !leading || message.term != term || message.nonce != read_round.nonce) return;
  read_round.acks.insert(from.seat);
  serve_read_round();
}

void Replica::State::on(const Identity& from, const ReadGrant& message) {
  if (read_round.nonce == 0 || message.nonce != read_round.nonce || from.seat == self.seat ||
      known_leader() != from.seat) {
    return;
  }
  read_round.index = message.index;
  read_round.granted = true;
  serve_read_round();
}

void Replica::State::serve_read_round() {
  if (read_round.nonce == 0) return;
  const Roster& counting = roster();
  const auto acks =
      static_cast<std::size_t>(std::count_if(read_round.acks.begin(), read_round.acks.end(),
                                             [&](Seat seat) { return counting.counts(seat); }));
  const bool confirmed = is_leader() ? leading && acks >= counting.quorum() : read_round.granted;
  if (!confirmed || commit_seq < read_round.index) return;
  const ReadRound done = std::move(read_round);
  read_round = {};
  for (const auto& read : done.reads)
    answer_read(read, done.index);
  start_read_round();
}

void Replica::State::answer_read(const PendingRead& read, SeqNo index) {
  if (read.from.value != 0) {
    send(read.from, ReadGrant{read.nonce, index});
  } else {
    effects.reads.push_back({read.ticket, "", executor.query(read.query), commit_seq});
  }
}

// The leader changed: what clients asked of me is asked again, what peers asked they ask again.
void Replica::State::drop_read_round() {
  for (auto& read : read_round.reads)
    reads_waiting.push_back(std::move(read));
  read_round = {};
  std::erase_if(reads_waiting, [](const PendingRead& read) { return read.from.value != 0; });
}

void Replica::State::expire_reads() {
  const auto expire = [this](std::vector<PendingRead>& reads) {
    std::erase_if(reads, [this](const PendingRead& read) {
      if (now - read.since < config.timing.request_timeout) return false;
      if (read.from.value == 0) {
        effects.reads.push_back({read.ticket, known_leader() ? "timeout" : "no_leader", {}, {}});
      }
      return true;
    });
  };
  expire(reads_waiting);
  expire(read_round.reads);
  if (read_round.nonce != 0 && read_round.reads.empty()) read_round = {};
}

void Replica::State::resend_reads() {
  start_read_round();
  if (read_round.nonce == 0 || now - read_round.sent < config.timing.resend_interval) return;
  const auto to = known_leader();
  if (!to) return;
  read_round.sent = now;
  if (*to == self.seat) {
    send_members(ReadIndex{read_round.nonce, term});
  } else if (!read_round.granted) {
    send(*to, ReadRequest{read_round.nonce});
  }
}

}  // namespace dnc
