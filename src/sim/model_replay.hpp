// Replays what simulated nodes said against the abstract model (docs/model.md): each vote, grant,
// term, proposal, ACCEPT, commit, boot and admission must be a step that the model allows there.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/rules.hpp"
#include "sim/node.hpp"

namespace dnc {

struct BootSeen {
  Identity who;
};
struct SendSeen {
  Identity who;
  Message message;
};
struct StandSeen {  // how far a node is after an input, told when it changes
  Identity who;
  bool member = false;
  LogHead commit;
};
using TraceEvent = std::variant<BootSeen, SendSeen, StandSeen>;

// Keeps a run's events. Give it to Auditor::set_witness().
class TraceRecorder : public NodeObserver {
 public:
  void on_boot(SimNode& node) override;
  void on_step(SimNode& node) override;
  void on_send(SimNode& node, const Outgoing& outgoing) override;
  void on_event(SimNode&, const Event&) override {}
  void on_fault(SimNode&, const std::string&) override {}

  const std::vector<TraceEvent>& events() const { return events_; }

 private:
  std::vector<TraceEvent> events_;
  std::map<Seat, std::pair<bool, SeqNo>> stands_;
};

// One generation of up to five seats. The model has room for a few terms, boots and blocks: replay
// ends, and says so, where a run leaves them.
class ModelReplay {
 public:
  explicit ModelReplay(std::size_t seats);

  void take(const TraceEvent& event);
  // What the model does not allow; empty as long as it allows everything.
  const std::string& refusal() const { return refusal_; }
  bool over() const { return over_ || !refusal_.empty(); }
  std::size_t steps(model::Act act) const { return steps_[static_cast<std::size_t>(act)]; }

 private:
  struct Boot {
    int seat = 0;
    int boot = 0;
  };
  using Wanted = std::function<bool(const model::State& after)>;

  void on(const BootSeen& seen);
  void on(const SendSeen& seen);
  void on(const StandSeen& seen);
  void take_message(const Boot& who, const Seat& seat, const Message& message);
  void take_votes(const Boot& who, Seat seat, const std::vector<NoConfidence>& votes);
  void take_own_accepts(const Boot& who, Seat seat, const std::vector<Accept>& accepts);
  void take_new_term(const Boot& who, Seat seat, const NewTermMessage& message);
  void take_grant(const Boot& who, const Grant& grant);
  void take_block(const Boot& who, const Block& block);
  void found(const Block& block);
  void accept_upto(const Boot& who, const Hash& hash);

  void step(const model::Step& wanted, const Wanted& also = {});
  void refuse(const std::string& why);
  std::optional<Boot> boot_of(Seat seat, Epoch epoch) const;
  std::optional<model::BlockId> block_of(const Hash& hash) const;
  const model::Boot& state_of(const Boot& who) const {
    return state_.seat[who.seat].boots[who.boot];
  }
  void remember(const Block& block);

  model::Rules rules_;
  model::State state_;
  bool founded_ = false;
  bool over_ = false;
  std::string refusal_;
  std::array<std::size_t, 16> steps_{};
  std::map<std::pair<Seat, Epoch>, Boot> boots_;
  std::map<Hash, std::pair<Term, SeqNo>> places_;
  std::map<std::pair<Term, SeqNo>, Hash> blocks_;
};

}  // namespace dnc
