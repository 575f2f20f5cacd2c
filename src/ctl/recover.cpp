#include "ctl/recover.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/signing.hpp"
#include "ctl/node_client.hpp"
#include "io/base/key_file.hpp"
#include "io/chain/deployment.hpp"

namespace dnc::ctl {
namespace {

std::uint64_t number(const Json& json, const char* field) {
  const auto value = json_u64(json, field);
  return value ? *value : 0;
}

// What to consent to, as the node reports it.
RecoveryConsent proposal_of(const Json& cold_start) {
  RecoveryConsent consent;
  consent.generation = {number(cold_start, "generation")};
  for (const auto& report : cold_start.value("reports", Json::array())) {
    if (report.value("blank", true)) continue;
    const std::pair end{Term{number(report, "last_term")}, SeqNo{number(report, "last_seq")}};
    if (report.value("current", false)) consent.seats.push_back({number(report, "seat")});
    if (end > std::pair(consent.last_term, consent.last_seq)) {
      consent.last_term = end.first;
      consent.last_seq = end.second;
    }
  }
  std::sort(consent.seats.begin(), consent.seats.end());
  return consent;
}

void print_stakes(const Json& status, const Json& cold_start, const RecoveryConsent& consent) {
  std::printf("A cold start that ends generation %llu waits.\n\n%-5s %-6s %-6s %-10s %s\n",
              static_cast<unsigned long long>(consent.generation.value), "SEAT", "EPOCH", "TERM",
              "SEQ", "DISK");
  std::vector<std::uint64_t> present;
  for (const auto& report : cold_start.value("reports", Json::array())) {
    present.push_back(number(report, "seat"));
    const bool current = report.value("current", false);
    const char* disk = report.value("blank", true) ? "blank"
                       : current                   ? "holds the log"
                                                   : "holds an older log";
    std::printf("%-5llu %-6llu %-6llu %-10llu %s\n",
                static_cast<unsigned long long>(present.back()),
                static_cast<unsigned long long>(number(report, "epoch")),
                static_cast<unsigned long long>(number(report, "last_term")),
                static_cast<unsigned long long>(number(report, "last_seq")), disk);
  }
  for (const auto& member : status.value("members", Json::array())) {
    const std::uint64_t seat = number(member, "seat");
    if (std::find(present.begin(), present.end(), seat) != present.end()) continue;
    std::printf("%-5llu %-6s %-6s %-10s does not report\n", static_cast<unsigned long long>(seat),
                "-", "-", "-");
  }
  std::printf(
      "\nWith %zu disks that hold the log, nothing acknowledged is lost, unless one of them was "
      "set "
      "back to an\nearlier state, or restored from a backup. Consents so far: %s, needed: %llu.\n",
      consent.seats.size(), dump_json(cold_start.value("consents", Json::array())).c_str(),
      static_cast<unsigned long long>(number(cold_start, "needed")));
}

// The seat that this key operates, as the node shows the contract. Error: not_an_operator.
Result<Seat> seat_of(const Json& status, const Address& operator_) {
  for (const auto& member : status.value("members", Json::array())) {
    if (member.value("operator", "") == to_hex0x(operator_)) return Seat{number(member, "seat")};
  }
  return Error{"not_an_operator", to_hex0x(operator_) + " operates no seat of this cluster",
               "use the key of a seat's operator, as the contract names it"};
}

Json to_json(const RecoveryConsent& consent) {
  Json seats = Json::array();
  for (const Seat seat : consent.seats)
    seats.push_back(seat.value);
  return {{"generation", consent.generation.value},  {"last_term", consent.last_term.value},
          {"last_seq", consent.last_seq.value},      {"seats", seats},
          {"issued_ms", consent.issued_ms},          {"seat", consent.seat.value},
          {"signature", to_hex0x(consent.signature)}};
}

std::uint64_t utc_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

Status sign(const RecoverOptions& options, const Json& status, RecoveryConsent& consent) {
  const auto deployment = read_deployment(options.deployment);
  if (!deployment) return deployment.error();
  const auto key = read_key_file(options.operator_key, "the operator's key");
  if (!key) return key.error();
  const auto seat = seat_of(status, key->address());
  if (!seat) return seat.error();
  consent.seat = *seat;
  consent.issued_ms = utc_ms();
  const Signing signing({deployment->chain_id, deployment->contract});
  consent.signature = key->sign(signing.recovery_consent(consent));
  return ok_status();
}

}  // namespace

ExitCode run_recover(const RecoverOptions& options) {
  if (options.yes && options.operator_key.empty()) {
    complain({"usage", "--yes signs, and that takes the operator's key",
              "name the file: --operator-key FILE"});
    return kUsage;
  }
  NodeClient node(options.url, options.timeout_ms);
  const auto status = node.get_object("/status");
  if (!status) {
    complain(status.error());
    return kCannotTell;
  }
  const Json cold_start = status->value("cold_start", Json(nullptr));
  if (!cold_start.is_object()) {
    complain({"no_cold_start", options.url + " waits for no cold start",
              "clusterctl status says what the nodes do"});
    return kRefused;
  }
  RecoveryConsent consent = proposal_of(cold_start);
  print_stakes(*status, cold_start, consent);
  if (consent.seats.size() < number(cold_start, "needed")) {
    complain({"too_few_disks", "too few disks hold the log: consent would not help",
              "bring back the nodes that do not report"});
    return kRefused;
  }
  if (!options.yes) {
    std::fprintf(stderr, "Nothing was signed: add --yes to consent.\n");
    return kOk;
  }
  const Status signed_ = sign(options, *status, consent);
  const Status sent = signed_ ? node.post("/recover", dump_json(to_json(consent))) : signed_;
  if (!sent) {
    complain(sent.error());
    return kRefused;
  }
  std::printf("The operator of seat %llu consents.\n",
              static_cast<unsigned long long>(consent.seat.value));
  return kOk;
}

}  // namespace dnc::ctl
