#include "ctl/seat_plan.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "ctl/chain_clock.hpp"

namespace dnc::ctl {
namespace {

std::string number(std::uint64_t value) {
  return std::to_string(value);
}

Bytes calldata_of(const SeatAct& act) {
  AbiEncoder in;
  const auto of_seat = [&](std::string_view call) { return in.number(act.seat.value).call(call); };
  switch (act.act) {
    case Act::mint:
      return in.address(act.who).call("mint(address)");
    case Act::revoke:
      return of_seat("revoke(uint64)");
    case Act::reinstate:
      return of_seat("reinstate(uint64)");
    case Act::leave:
      return of_seat("leave(uint64)");
    case Act::replace:
      return of_seat("replace(uint64)");
    case Act::set_operator:
    case Act::clear_operator:
      break;
  }
  in.number(act.seat.value).address(act.who).number(act.until);
  return in.call("setUser(uint256,address,uint64)");
}

Finding describe(const ChainSeat& seat) {
  std::string text = "seat " + number(seat.identity.seat.value) + ", owned by " +
                     to_hex0x(seat.owner) + ", operated by " + to_hex0x(seat.operator_);
  if (seat.revoked) text += ", revoked";
  text += seat.active ? ", runs instance " + to_hex0x(seat.instance) : ", runs no node";
  if (seat.counted) text += ", counts";
  return passed("seat", text);
}

bool changes_operator(const SeatAct& act, const ChainSeat& seat) {
  const Address next = act.act == Act::set_operator ? act.who : seat.owner;
  return next != seat.operator_;
}

// Does the seat's node lose its voice in the block of the transaction?
bool silences(const SeatAct& act, const ChainSeat& seat) {
  if (!seat.active) return false;
  switch (act.act) {
    case Act::revoke:
    case Act::leave:
    case Act::replace:
      return true;
    case Act::set_operator:
    case Act::clear_operator:
      return changes_operator(act, seat);
    case Act::mint:
    case Act::reinstate:
      break;
  }
  return false;
}

// The nodes take a seat out of the log by a majority that still includes it.
Finding quorum_left(const SeatAct& act, const ActFacts& facts, const ChainSeat& seat) {
  const auto& seats = facts.view.seats;
  const auto counted = static_cast<std::uint64_t>(std::count_if(
      seats.begin(), seats.end(), [](const ChainSeat& each) { return each.counted; }));
  const auto speak = static_cast<std::uint64_t>(
      std::count_if(seats.begin(), seats.end(), [&](const ChainSeat& each) {
        return each.counted && each.active && each.identity.seat != seat.identity.seat;
      }));
  const std::uint64_t quorum = counted / 2 + 1;
  const std::string text = "its node loses its voice in this block; " + number(speak) + " of " +
                           number(counted) + " counted seats go on, " + number(quorum) +
                           " must: as far as the contract knows";
  if (speak >= quorum) return passed("quorum", text);
  const char* next = "reinstate seats or start their nodes first; or insist with --force";
  return act.force ? warning("quorum", text, "") : refusal("quorum", text, next);
}

Finding aftermath(const SeatAct& act, const ChainSeat& seat) {
  switch (act.act) {
    case Act::replace:
      return warning("machine",
                     "instance " + to_hex0x(seat.instance) +
                         " never boots again; the seat keeps "
                         "its place for another machine",
                     "");
    case Act::reinstate:
      return passed("node", "its node joins again by itself, and counts some seconds later");
    case Act::set_operator:
      return passed("operator", to_hex0x(act.who) + " operates it " + until_text(act.until));
    case Act::clear_operator:
      return passed("operator", "its owner operates it");
    default:
      return passed("node", "to count again it must join again");
  }
}

void plan_mint(const SeatAct& act, const ActFacts& facts, Plan& plan) {
  const auto& seats = facts.view.seats;
  const auto held = std::find_if(seats.begin(), seats.end(), [&](const ChainSeat& each) {
    return each.owner == act.who && each.identity.seat.value != 0;
  });
  if (held != seats.end() && !act.another) {
    plan.done = true;
    plan.report.push_back(passed("seat", to_hex0x(act.who) + " holds seat " +
                                             number(held->identity.seat.value) +
                                             " already; --another mints one more"));
    return;
  }
  const std::uint64_t last = seats.empty() ? 0 : seats.back().identity.seat.value;
  plan.report.push_back(passed("seat", "seat " + number(last + 1) + " for " + to_hex0x(act.who)));
}

bool is_done(const SeatAct& act, const ActFacts& facts, const ChainSeat& seat) {
  switch (act.act) {
    case Act::revoke:
      return seat.revoked;
    case Act::reinstate:
      return !seat.revoked;
    case Act::set_operator:
      return seat.operator_ == act.who && facts.operator_until == act.until;
    case Act::clear_operator:
      return facts.operator_until == 0;
    default:
      return false;  // the contract says so itself
  }
}

Address entitled(const SeatAct& act, const ActFacts& facts, const ChainSeat* seat) {
  const bool owners_of_the_contract =
      act.act == Act::mint || act.act == Act::revoke || act.act == Act::reinstate;
  return owners_of_the_contract || seat == nullptr ? facts.owner : seat->owner;
}

}  // namespace

std::string_view name_of(Act act) {
  switch (act) {
    case Act::mint:
      return "mint";
    case Act::revoke:
      return "revoke";
    case Act::reinstate:
      return "reinstate";
    case Act::leave:
      return "leave";
    case Act::replace:
      return "replace";
    case Act::set_operator:
      return "operator set";
    case Act::clear_operator:
      break;
  }
  return "operator clear";
}

Plan plan(const SeatAct& act, const ActFacts& facts) {
  const ChainSeat* seat = act.act == Act::mint ? nullptr : facts.view.find(act.seat);
  Plan plan{{}, false, calldata_of(act), entitled(act, facts, seat)};
  if (act.act == Act::mint) {
    plan_mint(act, facts, plan);
    return plan;
  }
  if (seat == nullptr) {
    plan.report.push_back(refusal("seat",
                                  "the contract has minted no seat " + number(act.seat.value),
                                  "clusterctl status lists the seats"));
    return plan;
  }
  plan.report.push_back(describe(*seat));
  plan.done = is_done(act, facts, *seat);
  if (plan.done) return plan;
  if (act.act == Act::set_operator && act.until <= facts.view.time) {
    plan.report.push_back(refusal("operator", "the time is over: " + utc_text(act.until),
                                  "name a later one: --until 2030-01-01"));
  }
  if (silences(act, *seat) && seat->counted) plan.report.push_back(quorum_left(act, facts, *seat));
  plan.report.push_back(aftermath(act, *seat));
  return plan;
}

}  // namespace dnc::ctl
