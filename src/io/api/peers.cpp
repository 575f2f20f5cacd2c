#include "io/api/peers.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/api/answers.hpp"

namespace dnc {

Json peers_json(const NodeStatus& status) {
  std::vector<const SeatView*> serving;
  for (const SeatView& member : status.members) {
    if (member.state == "leader" || member.state == "follower") serving.push_back(&member);
  }
  const auto leads = [&](const SeatView* member) {
    return status.leader && status.leader->seat == member->seat;
  };
  std::stable_partition(serving.begin(), serving.end(), leads);
  Json peers = Json::array();
  for (const SeatView* member : serving) {
    peers.push_back({{"url", "http://" + member->endpoint},
                     {"leads", leads(member)},
                     {"seat", member->seat.value},
                     {"operator", to_hex0x(member->operator_)}});
  }
  return {{"peers", std::move(peers)}};
}

PeerList::PeerList(EventLoop& loop, const NodeView& node, PeerListLimits limits)
    : loop_(loop),
      node_(node),
      limits_(limits),
      listeners_(limits.listeners_max, limits.unsent_bytes_max) {}

void PeerList::answer(const HttpRequest& request, const HttpReplier& reply) {
  const auto accept = request.header("Accept").value_or("");
  const Json peers = peers_json(node_.status());
  if (accept.find("text/event-stream") == std::string_view::npos) return reply(json_answer(peers));
  const bool first = !listeners_.any();
  const std::string message = stream_message("peers", peers);
  if (!listeners_.admit(request, reply, std::string(kStreamBegin) + message)) return;
  if (!first) return;  // the others are to hear of a change at the next look
  told_ = message;
  told_at_ = loop_.now();
  timer_ = loop_.after(limits_.look_every, [this] { look(); });
}

void PeerList::look() {
  if (!listeners_.any()) return;
  std::string message = stream_message("peers", peers_json(node_.status()));
  if (message != told_) {
    tell(message);
    told_ = std::move(message);
  } else if (loop_.now() >= told_at_ + limits_.beat_every) {
    tell(": nothing changed\n\n");
  }
  timer_ = loop_.after(limits_.look_every, [this] { look(); });
}

void PeerList::tell(const std::string& message) {
  told_at_ = loop_.now();
  listeners_.tell(message);
}

}  // namespace dnc
