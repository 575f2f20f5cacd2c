#include "io/api/metrics.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/api/health.hpp"

namespace dnc {
namespace {

using Labels = std::initializer_list<std::pair<std::string_view, std::string>>;

constexpr const char* kRoles[] = {"leader", "follower", "recovering", "observer", "halted"};

// Values of labels here are names, numbers and hex, which need no escaping, but for codes, which a
// service may choose: what is not printable or would end the value is left out.
std::string clean(std::string value) {
  std::erase_if(value, [](char c) { return c < ' ' || c == '"' || c == '\\'; });
  return value;
}

// Numbers as JSON writes them: the shortest that reads back the same.
std::string text_of(const nlohmann::json& number) {
  return number.dump();
}

class Exposition {
 public:
  // Begins a family; its samples follow.
  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = "dnc_" + std::string(name);
    text_.append("# HELP ").append(name_).append(" ").append(help);
    text_.append("\n# TYPE ").append(name_).append(" ").append(type).append("\n");
  }
  void sample(const nlohmann::json& value, Labels labels = {}, std::string_view suffix = "") {
    text_.append(name_).append(suffix);
    char before = '{';
    for (const auto& [label, content] : labels) {
      text_ += before;
      text_.append(label).append("=\"").append(clean(content)).append("\"");
      before = ',';
    }
    if (labels.size() > 0) text_ += '}';
    text_.append(" ").append(text_of(value)).append("\n");
  }
  void gauge(std::string_view name, std::string_view help, const nlohmann::json& value) {
    family(name, "gauge", help);
    sample(value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

int flag(bool set) {
  return set ? 1 : 0;
}

void tell_node(const NodeStatus& status, Exposition& out) {
  out.family("node_info", "gauge", "Who this node is.");
  out.sample(1, {{"seat", std::to_string(status.seat.value)},
                 {"operator", to_hex0x(status.operator_)},
                 {"contract", to_hex0x(status.chain.contract)},
                 {"chain_id", std::to_string(status.chain.id)}});
  out.family("role", "gauge", "1 for the role that this node has.");
  for (const char* role : kRoles)
    out.sample(flag(status.role == role), {{"role", role}});
  out.gauge("ready", "1 if it answers clients, as GET /readiness says.", flag(serves(status)));
  out.gauge("writes_blocked", "1 if writes are refused because a seat contradicted itself.",
            flag(!status.refuses.code.empty()));
  out.gauge("epoch", "Boots of this seat.", status.epoch.value);
}

void tell_log(const NodeStatus& status, Exposition& out) {
  out.gauge("generation", "Generation of the log.", status.generation.value);
  out.gauge("term", "Term that this node is in.", status.term.value);
  out.gauge("commit_seq", "Last committed block.", status.commit_seq.value);
  out.gauge("head_seq", "Last block, committed or not.", status.head_seq.value);
  out.gauge("lag_blocks", "Blocks behind the furthest member that it hears.", lag_of(status));
}

void tell_members(const NodeStatus& status, Exposition& out) {
  const auto serving =
      std::count_if(status.members.begin(), status.members.end(), [](const SeatView& member) {
        return member.state == "leader" || member.state == "follower";
      });
  out.gauge("quorum_seats", "Seats that make a majority.", status.quorum);
  out.gauge("counted_seats", "Seats that count.", status.counted.size());
  out.gauge("serving_seats", "Seats that lead or follow, as this node hears.", serving);
  out.gauge("leader_seat", "Seat that leads; 0 when none is known.",
            status.leader ? status.leader->seat.value : 0);
  out.gauge("votes", "Standing votes of no confidence for a later term.", status.votes.size());
  out.family("member_state", "gauge", "1, with the state of each minted seat as a label.");
  for (const SeatView& member : status.members)
    out.sample(1, {{"seat", std::to_string(member.seat.value)}, {"state", member.state}});
  out.family("member_commit_seq", "gauge", "Last committed block of each member that it hears.");
  for (const auto& [seat, commit_seq] : status.progress)
    out.sample(commit_seq.value, {{"seat", std::to_string(seat.value)}});
}

void tell_chain(const ChainStatus& chain, Exposition& out) {
  out.gauge("chain_head_block", "Newest block of the chain that it has seen.", chain.head.value);
  out.gauge("chain_reachable", "1 if enough endpoints answer and agree.", flag(chain.reachable));
  out.gauge("chain_leader_term", "Term that the contract has recorded.", chain.leader_term.value);
}

void tell_writes(const LoadTotals& totals, Exposition& out) {
  out.family("write_duration_seconds", "histogram",
             "How long the writes took that this node answered.");
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < LoadTotals::kBounds.size(); ++i) {
    below += totals.writes[i];
    out.sample(below, {{"le", text_of(LoadTotals::kBounds[i])}}, "_bucket");
  }
  below += totals.writes.back();
  out.sample(below, {{"le", "+Inf"}}, "_bucket");
  out.sample(totals.write_seconds, {}, "_sum");
  out.sample(below, {}, "_count");
  out.family("writes_refused_total", "counter", "Writes that this node refused, by code.");
  for (const auto& [code, count] : totals.refused)
    out.sample(count, {{"code", code}});
}

void tell_load(Load& load, Exposition& out) {
  out.family("operations_committed_total", "counter", "Operations that it saw committed.");
  out.sample(load.figures().operations);
  tell_writes(load.totals(), out);
  out.family("events_total", "counter", "Events of the protocol, by the name that the log has.");
  for (const auto& [name, count] : load.totals().events)
    out.sample(count, {{"event", name}});
}

}  // namespace

HttpResponse metrics_answer(const NodeStatus& status, Load& load) {
  Exposition out;
  tell_node(status, out);
  tell_log(status, out);
  tell_members(status, out);
  tell_chain(status.chain, out);
  tell_load(load, out);
  HttpResponse response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = out.take();
  return response;
}

}  // namespace dnc
