#include "core/consensus/obedience.hpp"

namespace dnc {

void note_registration(Registration& known, const ChainSeat& seat, const ChainView& view) {
  const bool undone = seat.identity.epoch < known.identity.epoch;
  if (undone) known.since = view.height.next();  // its age begins anew when it is shown again
  if (!seat.active || seat.identity.epoch.value == 0) return;
  if (known.identity != seat.identity) {
    known = {seat.identity, view.height, seat.operator_, 0, false};
  }
  // Seen first when its operator's time was over, and renewed since: any other operator would have
  // cost the boot its key.
  if (known.operator_ == seat.owner) known.operator_ = seat.operator_;
  if (known.operator_ != seat.operator_) return;
  known.operator_expires = seat.operator_expires;
  known.counted = seat.counted;
}

Ouster ouster_of(const Identity& identity, const Registration* known, const ChainView& view) {
  const ChainSeat* seat = view.find(identity.seat);
  if (!seat || identity.epoch.value == 0) return Ouster::kNone;
  if (seat->revoked) return Ouster::kRevoked;
  if (seat->identity.epoch != identity.epoch) return Ouster::kNone;
  if (known && seat->operator_ != known->operator_) {
    const bool lapsed = known->operator_expires > 0 && view.time > known->operator_expires;
    return lapsed ? Ouster::kOperatorExpired : Ouster::kOperatorChanged;
  }
  if (seat->active) return Ouster::kNone;
  if (seat->instance != Address{}) return Ouster::kKeyCleared;
  if (!known || !known->counted) return Ouster::kUnbound;
  return seat->counted ? Ouster::kReplaced : Ouster::kLeft;  // only leaving gives up the place
}

const char* describe(Ouster ouster) {
  switch (ouster) {
    case Ouster::kNone:
      return "";
    case Ouster::kOperatorExpired:
      return "the time of this seat's operator is over";
    case Ouster::kOperatorChanged:
      return "the owner named another operator for this seat";
    case Ouster::kRevoked:
      return "this seat was revoked";
    case Ouster::kLeft:
      return "this seat left the cluster";
    case Ouster::kReplaced:
      return "this seat's instance was retired: another one takes its place";
    case Ouster::kUnbound:
      return "this seat left the cluster, or its instance was retired";
    case Ouster::kKeyCleared:
      return "the contract took this boot's key away";
    case Ouster::kSuperseded:
      return "another boot of this seat was admitted";
    case Ouster::kDiverged:
      return "this node computes something else than a quorum of seats does";
  }
  return "";
}

}  // namespace dnc
