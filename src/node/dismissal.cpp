#include "node/dismissal.hpp"

namespace dnc {
namespace {

struct Words {
  Ouster ouster;
  const char* code;
  const char* event;  // on the contract
  const char* next;   // SEAT is filled in
};

constexpr Words kWords[] = {
    {Ouster::kOperatorExpired, "operator_expired", "expiry of UpdateUser",
     "The owner renews it: clusterctl operator set SEAT OPERATOR --until TIME. The node then comes "
     "back by itself."},
    {Ouster::kOperatorChanged, "operator_changed", "UpdateUser",
     "Start a node with the new operator's key. Named again, this one comes back by itself."},
    {Ouster::kRevoked, "seat_revoked", "SeatSuspended",
     "The contract's owner reinstates it: clusterctl reinstate SEAT. The node then comes back by "
     "itself."},
    {Ouster::kLeft, "seat_left", "NodeLeft", "To join again, start the node again."},
    {Ouster::kReplaced, "instance_replaced", "NodeReplaced",
     "Start the node in another CVM: this one's instance never returns."},
    {Ouster::kUnbound, "seat_left", "NodeLeft or NodeReplaced",
     "To join again, start the node again; a retired instance needs another CVM."},
    {Ouster::kKeyCleared, "key_cleared", "NodeSilenced", "The node joins again by itself."},
    {Ouster::kSuperseded, "superseded", "NodeJoined",
     "See which other machine runs this seat; one of the two must go."},
    {Ouster::kDiverged, "diverged", "divergence",
     "Keep its log and data, compare build and machine with the others'. Started again it executes "
     "the agreed log anew."},
};

void fill_in(std::string& text, const std::string& name, const std::string& value) {
  if (const auto at = text.find(name); at != std::string::npos)
    text.replace(at, name.size(), value);
}

}  // namespace

Error explain(Ouster ouster, Seat seat) {
  for (const auto& words : kWords) {
    if (words.ouster != ouster) continue;
    std::string next = words.next;
    fill_in(next, "SEAT", std::to_string(seat.value));
    return {words.code, std::string(describe(ouster)) + " (" + words.event + ")", next};
  }
  return {};
}

Error explain_bypass(const Identity& boot) {
  const std::string seat = std::to_string(boot.seat.value);
  return {
      "notary_bypassed",
      "seat " + seat + " in its boot " + std::to_string(boot.epoch.value) +
          " signed two statements that contradict each other: its notary is bypassed, and "
          "writes are refused",
      "Keep GET /contradictions of every node. The contract's owner revokes the seat: clusterctl "
      "revoke " +
          seat + ". Writes resume once the log counts it no more."};
}

bool may_return(Ouster ouster, Seat seat, const Address& our_operator, const ChainView& view) {
  const bool can_be_undone = ouster == Ouster::kOperatorExpired ||
                             ouster == Ouster::kOperatorChanged || ouster == Ouster::kRevoked ||
                             ouster == Ouster::kKeyCleared;
  const ChainSeat* shown = view.find(seat);
  return can_be_undone && shown && !shown->revoked && shown->operator_ == our_operator;
}

}  // namespace dnc
