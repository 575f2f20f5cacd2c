#include "sim/auditor.hpp"

#include <algorithm>

namespace dnc {
namespace {

std::string text(std::uint64_t value) {
  return std::to_string(value);
}

// Does the event's fact of this name tell of one of these seats?
bool tells_of(const Event& event, const char* fact, const std::set<Seat>& seats) {
  return std::ranges::any_of(seats, [&](Seat seat) {
    return std::ranges::find(event.facts, std::pair(std::string(fact), text(seat.value))) !=
           event.facts.end();
  });
}

}  // namespace

void Auditor::violate(const std::string& what) {
  if (violation_) return;
  violation_ = {queue_.now(), what};
  if (trace_.readable()) trace_.line(queue_.now(), {}, "VIOLATION " + what);
}

void Auditor::on_fault(SimNode& node, const std::string& what) {
  violate("seat " + text(node.seat().value) + " " + what);
}

// May this alarm be heard? A bypassed seat may be accused, and what else may come of it is open. Of
// a seat that computes something else, others hear as a leader; it may itself take offence.
bool Auditor::expected(const SimNode& node, const Event& event) const {
  if (event.name == "contradiction") return tells_of(event, "seat", bypassing_);
  if (event.name == "divergence" && diverging_.contains(node.seat())) return true;
  if (event.name == "divergence" && tells_of(event, "leader", diverging_)) return true;
  return !bypassing_.empty();
}

// With honest notaries nobody ever sees two statements that contradict each other, and with a
// bypassed one only that one is accused.
void Auditor::on_event(SimNode& node, const Event& event) {
  if (const auto kind = event_kind(event.name)) ++events_[*kind];
  if (listener_) listener_(event);
  if (is_alarm(event.name) && !expected(node, event)) {
    violate("seat " + text(node.seat().value) + " reports " + event.name);
  }
}

void Auditor::on_send(SimNode& node, const Outgoing& outgoing) {
  if (witness_) witness_->on_send(node, outgoing);
}

void Auditor::on_boot(SimNode& node) {
  if (witness_) witness_->on_boot(node);
  Watch watch;
  watch.boot = node.boots();
  watches_[{node.seat(), node.machine()}] = watch;
}

void Auditor::on_step(SimNode& node) {
  if (witness_) witness_->on_step(node);
  Watch& watch = watches_[{node.seat(), node.machine()}];
  if (const LogHead base = node.replica().pruned_upto(); base.seq >= watch.next) {
    check_base(node, base);
    watch.next = base.seq.next();
  }
  while (const Block* block = node.replica().committed_block(watch.next)) {
    take(node, *block);
    watch.next = watch.next.next();
  }
  for (const Answer& answer : std::exchange(answers_, {}))
    settle(answer);
}

// What a node no longer has block by block, it must have taken over from the agreed log.
void Auditor::check_base(const SimNode& node, const LogHead& base) {
  const auto& agreed = log_.entries();
  if (base.seq.value > agreed.size() || agreed[base.seq.value - 1].hash != base.hash) {
    violate("begins after a block that is not the committed one: seq " + text(base.seq.value) +
            " at seat " + text(node.seat().value));
  }
}

void Auditor::take(const SimNode& node, const Block& block) {
  if (const auto error = log_.take(block)) {
    if (!bypassing_.empty()) {
      forked_ = true;
      return;
    }
    violate(*error + ": seq " + text(block.header.seq.value) + " term " +
            text(block.header.term.value) + " at seat " + text(node.seat().value));
  }
}

void Auditor::on_acknowledged(const WriteRecord& record, const WriteReply& reply) {
  const auto value = Counter::decode_value(reply.result);
  if (!value) return violate("success without a value");
  answers_.push_back({record.key, *value, reply.seq});
}

void Auditor::settle(const Answer& answer) {
  if (forked_) return;  // there is no one log to hold it against
  const auto executed = log_.executions().find(answer.key);
  if (executed == log_.executions().end()) {
    return violate("acknowledged but not committed: seq " + text(answer.seq.value));
  }
  if (executed->second.value != answer.value || executed->second.seq != answer.seq) {
    return violate("acknowledged as seq " + text(answer.seq.value) + " value " +
                   text(answer.value) + ", committed as seq " + text(executed->second.seq.value) +
                   " value " + text(executed->second.value));
  }
  if (disks_hold_ && bypassing_.empty() &&
      !disks_hold_(answer.seq, log_.entries()[answer.seq.value - 1].encoded)) {
    violate("acknowledged with too few disks holding it: seq " + text(answer.seq.value));
  }
}

void Auditor::poll(const SimNode& node) {
  Watch& watch = watches_[{node.seat(), node.machine()}];
  const ReplicaPosition position = node.replica().position();
  const auto broken = [&](const char* what) {
    violate(what + (" at seat " + text(node.seat().value)));
  };
  if (position.commit_seq < watch.commit) broken("commit goes back");
  // A boot that is no member yet shows what an earlier one promised, which binds nobody.
  const Term term = position.standing == Standing::kMember ? position.term : watch.term;
  if (term < watch.term) broken("term goes back");
  if (position.generation < watch.generation) broken("generation goes back");
  if (position.commit_seq > position.head_seq) broken("commit above the head");
  watch.commit = position.commit_seq;
  watch.term = term;
  watch.generation = position.generation;
  if (position.leading) {
    const auto [claim, fresh] = claimants_.insert({position.term, node.identity()});
    if (!fresh && claim->second != node.identity()) {
      violate("two boots lead term " + text(position.term.value) + ": seats " +
              text(claim->second.seat.value) + " and " + text(node.seat().value));
    }
  }
  // What was committed stays: one old block, another one each time.
  const SeqNo base = node.replica().pruned_upto().seq;
  if (position.commit_seq > base) {
    const SeqNo old{base.value + 1 +
                    queue_.now().count() % (position.commit_seq.value - base.value)};
    const Block* block = node.replica().committed_block(old);
    if (block == nullptr) return broken("forgets a committed block");
    if (old < watch.next) take(node, *block);
  }
}

}  // namespace dnc
