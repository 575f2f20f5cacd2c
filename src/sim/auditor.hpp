// Watches every node's committed log and status. It shares no code with what it checks but the
// encodings: agreement, hash chain, exactly-once, one leader per term, nothing ever goes back.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/committed_log.hpp"
#include "sim/event_kinds.hpp"
#include "sim/node.hpp"

namespace dnc {

struct Violation {
  Time time;
  std::string what;
};

class Auditor : public NodeObserver {
 public:
  Auditor(EventQueue& queue, Trace& trace) : queue_(queue), trace_(trace) {}

  void on_boot(SimNode& node) override;
  void on_step(SimNode& node) override;
  void on_send(SimNode& node, const Outgoing& outgoing) override;
  void on_event(SimNode& node, const Event& event) override;
  void on_fault(SimNode& node, const std::string& what) override;

  // Compares the status with the last one of the same boot. Costs more than on_step: now and then.
  void poll(const SimNode& node);
  // A success was answered: it is where it says, and enough disks hold it.
  void on_acknowledged(const WriteRecord& record, const WriteReply& reply);
  // How many disks hold this block; set by the world, which knows the disks and their losses.
  using DisksHold = std::function<bool(SeqNo seq, const Bytes& block)>;
  void set_disks_hold(DisksHold hold) { disks_hold_ = std::move(hold); }
  void set_history(const History* history, CommittedLog::AskedFor others) {
    log_.set_history(history);
    log_.set_others(std::move(others));
  }

  void violate(const std::string& what);
  // This seat bypasses its notary: a fork may come of it, and must then be told; nobody else may be
  // accused.
  void expect_bypass(Seat seat) { bypassing_.insert(seat); }
  // This seat computes something else than the others: it must be the one that is named.
  void expect_divergence(Seat seat) { diverging_.insert(seat); }
  // Did honest seats commit different blocks in one place?
  bool forked() const { return forked_; }
  // Hears every event of every node, for scenarios.
  void set_listener(std::function<void(const Event&)> listener) { listener_ = std::move(listener); }
  // Sees what the auditor sees, if it is set before the machines start.
  void set_witness(NodeObserver* witness) { witness_ = witness; }
  // How often each kind of event was told.
  const EventCounts& events() const { return events_; }
  const std::optional<Violation>& violation() const { return violation_; }
  const CommittedLog& log() const { return log_; }

 private:
  struct Watch {
    std::uint64_t boot = 0;
    SeqNo next{1};
    SeqNo commit;
    Term term;
    Generation generation;
  };
  struct Answer {
    Bytes key;
    std::uint64_t value;
    SeqNo seq;
  };

  bool expected(const SimNode& node, const Event& event) const;
  void take(const SimNode& node, const Block& block);
  void check_base(const SimNode& node, const LogHead& base);
  void settle(const Answer& answer);

  EventQueue& queue_;
  Trace& trace_;
  DisksHold disks_hold_;
  CommittedLog log_;
  std::map<Term, Identity> claimants_;  // which boot said that it leads
  using Machine = std::pair<Seat, std::size_t>;
  std::map<Machine, Watch> watches_;
  EventCounts events_{};
  std::function<void(const Event&)> listener_;
  NodeObserver* witness_ = nullptr;
  std::vector<Answer> answers_;  // given in the present step, to be settled when it ends
  std::set<Seat> bypassing_;
  std::set<Seat> diverging_;
  bool forked_ = false;
  std::optional<Violation> violation_;
};

}  // namespace dnc
