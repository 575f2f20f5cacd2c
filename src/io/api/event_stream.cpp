#include "io/api/event_stream.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "io/api/answers.hpp"
#include "io/base/utc.hpp"

namespace dnc {
namespace {

Json progress_json(const NodeStatus& status) {
  Json list = Json::array();
  for (const auto& [seat, commit_seq] : status.progress)
    list.push_back({{"seat", seat.value}, {"commit_seq", commit_seq.value}});
  return list;
}

Json votes_json(const NodeStatus& status) {
  Json list = Json::array();
  for (const auto& vote : status.votes)
    list.push_back({{"seat", vote.seat.value}, {"to_term", vote.to_term.value}});
  return list;
}

Json accused_json(const NodeView& node) {
  std::vector<Seat> seats;
  for (const auto& accusation : node.accusations())
    seats.push_back(accusation.proof.signer.seat);
  std::sort(seats.begin(), seats.end());
  seats.erase(std::unique(seats.begin(), seats.end()), seats.end());
  return seats_json(seats);
}

Json load_json(const LoadFigures& load) {
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  return {{"operations", load.operations},
          {"writes", load.writes},
          {"p50_us", or_null(load.p50_us)},
          {"p99_us", or_null(load.p99_us)}};
}

// Positions and rates change with every write: they are no reason to speak.
std::string without_positions(Json snapshot) {
  for (const char* field : {"at", "head_seq", "progress", "load"})
    snapshot.erase(field);
  snapshot["status"].erase("commit_seq");
  snapshot["status"]["chain"].erase("head");
  return dump_json(snapshot);
}

}  // namespace

EventStream::EventStream(EventLoop& loop, const NodeView& node, Load& load,
                         EventStreamLimits limits)
    : loop_(loop),
      node_(node),
      load_(load),
      limits_(limits),
      since_(utc_ms()),
      listeners_(limits.listeners_max, limits.unsent_bytes_max) {}

void EventStream::listen(const HttpRequest& request, const HttpReplier& reply) {
  const auto first = remembered_after(request.header("Last-Event-ID").value_or(""));
  if (listeners_.admit(request, reply, first)) tell_snapshot(snapshot());
}

void EventStream::happened(const Event& event) {
  load_.happened(event.name);
  Json facts = Json::object();
  for (const auto& [name, value] : event.facts)
    facts[name] = value;
  const std::string id = std::to_string(since_) + "." + std::to_string(next_id_++);
  const Json data = {{"id", id}, {"at", utc_ms()}, {"name", event.name}, {"facts", facts}};
  remembered_.push_back({id, stream_message("happened", data, id)});
  if (remembered_.size() > limits_.remembered_max) remembered_.pop_front();
  if (!listeners_.any()) return;
  listeners_.tell(remembered_.back().message);
  look_in(Duration{0});  // what follows from it, once this turn of the loop is over
}

std::string EventStream::remembered_after(std::string_view id) const {
  auto from = std::find_if(remembered_.begin(), remembered_.end(),
                           [&](const Remembered& event) { return event.id == id; });
  from = from == remembered_.end() ? remembered_.begin() : from + 1;
  std::string text(kStreamBegin);
  for (; from != remembered_.end(); ++from)
    text += from->message;
  return text;
}

std::string EventStream::snapshot() {
  const NodeStatus status = node_.status();
  const Json data = {{"at", utc_ms()},
                     {"since", since_},
                     {"status", to_json(status)},
                     {"head_seq", status.head_seq.value},
                     {"progress", progress_json(status)},
                     {"votes", votes_json(status)},
                     {"accused", accused_json(node_)},
                     {"load", load_json(load_.figures())}};
  told_ = without_positions(data);
  return stream_message("snapshot", data);
}

void EventStream::look() {
  if (!listeners_.any()) return;
  const std::string before = told_;
  const std::string now = snapshot();
  const bool due = loop_.now() >= told_at_ + limits_.snapshot_every;
  if (told_ != before || due) return tell_snapshot(now);
  look_in(limits_.look_every);
}

void EventStream::tell_snapshot(const std::string& message) {
  told_at_ = loop_.now();
  listeners_.tell(message);
  look_in(limits_.look_every);
}

void EventStream::look_in(Duration delay) {
  timer_ = loop_.after(delay, [this] { look(); });
}

}  // namespace dnc
