#include "io/api/recovery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/limits.hpp"
#include "io/api/answers.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

constexpr const char* kHint = "clusterctl recover makes and sends it";

Result<std::vector<Seat>> seats_in(const Json& json) {
  const auto list = json_array(json, "seats");
  if (!list) return bad_request(list.error().message, kHint);
  std::vector<Seat> seats;
  for (const Json& entry : **list) {
    if (!entry.is_number_unsigned()) return bad_request("\"seats\" holds no seat numbers", kHint);
    seats.push_back({entry.get<std::uint64_t>()});
  }
  const bool ascending =
      std::adjacent_find(seats.begin(), seats.end(), std::greater_equal<>()) == seats.end();
  if (seats.size() > limits::kSeatsMax || !ascending) {
    return bad_request("\"seats\" are not in ascending order, or too many", kHint);
  }
  return seats;
}

Result<RecoveryConsent> consent_in(const std::string& body) {
  const auto json = object_in(body, kHint);
  if (!json) return json.error();
  RecoveryConsent consent;
  const Status numbers = read_numbers(*json,
                                      {{"generation", &consent.generation.value},
                                       {"last_term", &consent.last_term.value},
                                       {"last_seq", &consent.last_seq.value},
                                       {"issued_ms", &consent.issued_ms},
                                       {"seat", &consent.seat.value}},
                                      kHint);
  if (!numbers) return numbers.error();
  auto seats = seats_in(*json);
  if (!seats) return seats.error();
  consent.seats = std::move(*seats);
  const auto signature = json_fixed<Signature>(*json, "signature");
  if (!signature) return bad_request(signature.error().message, kHint);
  consent.signature = *signature;
  return consent;
}

}  // namespace

Json to_json(const ColdStartStatus& status) {
  Json reports = Json::array();
  for (const auto& report : status.reports) {
    const bool current = std::find(status.current.begin(), status.current.end(), report.seat) !=
                         status.current.end();
    reports.push_back({{"seat", report.seat.value},
                       {"epoch", report.epoch.value},
                       {"last_term", report.last.term.value},
                       {"last_seq", report.last.seq.value},
                       {"blank", report.blank},
                       {"current", current}});
  }
  return {{"generation", status.generation.value},
          {"reports", reports},
          {"needed", status.needed},
          {"consents", seats_json(status.consents)}};
}

HttpResponse recover_answer(NodeView& node, const std::string& body) {
  const auto consent = consent_in(body);
  if (!consent) return error_answer(400, consent.error());
  const Status taken = node.recover(*consent);
  if (!taken) return error_answer(taken.error().code == "bad_consent" ? 403 : 409, taken.error());
  const auto cold_start = node.status().cold_start;
  return json_answer({{"cold_start", cold_start ? to_json(*cold_start) : Json(nullptr)}}, 202);
}

}  // namespace dnc
