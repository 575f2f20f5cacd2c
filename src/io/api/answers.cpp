#include "io/api/answers.hpp"

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/consensus/codec.hpp"
#include "io/api/recovery.hpp"

namespace dnc {
namespace {

struct Refusal {
  const char* code;
  int status;
  const char* message;
  const char* hint;
};

constexpr Refusal kRefusals[] = {
    {"no_leader", 503, "no leader was found in time",
     "send it again with the same Idempotency-Key; /status shows the members"},
    {"timeout", 503, "the cluster did not confirm in time; it may still happen",
     "send it again with the same Idempotency-Key: it executes once"},
    {"overloaded", 503, "too many requests are waiting", "send it again later, or more slowly"},
    {"too_large", 413, "the operation is too large", "send a smaller one"},
    {"key_reused", 422, "this Idempotency-Key stands for another request",
     "use a new key for a new request"},
};

const char* kind_name(BlockKind kind) {
  switch (kind) {
    case BlockKind::kNormal:
      return "normal";
    case BlockKind::kTermStart:
      return "term_start";
    case BlockKind::kRejoin:
      return "rejoin";
    case BlockKind::kRestart:
      return "restart";
    case BlockKind::kCheckpoint:
      return "checkpoint";
    case BlockKind::kConfig:
      return "config";
  }
  return "unknown";
}

Json seat_json(const SeatView& seat) {
  return {{"seat", seat.seat.value},
          {"operator", to_hex0x(seat.operator_)},
          {"endpoint", seat.endpoint},
          {"state", seat.state}};
}

}  // namespace

HttpResponse json_answer(const Json& body, int status) {
  HttpResponse response;
  response.status = status;
  response.body = dump_json(body) + "\n";
  return response;
}

HttpResponse numbers_answer(
    std::initializer_list<std::pair<std::string_view, std::uint64_t>> numbers) {
  HttpResponse response;
  std::string& body = response.body;
  body = "{";
  for (const auto& [name, value] : numbers) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    if (body.size() > 1) body += ',';
    body.append("\"").append(name).append("\":").append(digits.data(), end);
  }
  body += "}\n";
  return response;
}

HttpResponse error_answer(int status, const Error& error) {
  HttpResponse response = json_answer(
      {{"error", {{"code", error.code}, {"message", error.message}, {"hint", error.hint}}}},
      status);
  if (status == 503) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse not_allowed_answer(const std::string& path, const std::string& allowed) {
  HttpResponse response =
      error_answer(405, {"method_not_allowed", path + " takes " + allowed, "use " + allowed});
  response.headers.emplace_back("Allow", allowed);
  return response;
}

HttpResponse refusal_answer(const NodeView& node, const std::string& code) {
  if (code == "not_serving") return not_serving_answer(node.status());
  if (code == "notary_bypassed") return error_answer(503, node.status().refuses);
  for (const auto& refusal : kRefusals) {
    if (code == refusal.code) {
      return error_answer(refusal.status, {code, refusal.message, refusal.hint});
    }
  }
  return error_answer(500, {code, "the node refused", "see the node's log"});
}

HttpResponse not_serving_answer(const NodeStatus& status) {
  if (!status.silenced.code.empty()) return error_answer(503, status.silenced);
  const std::string why = status.reason.empty() ? "" : ": " + status.reason;
  return error_answer(503, {"not_serving", "this node is not serving" + why,
                            "ask another node; /status shows the members"});
}

HttpResponse relay_answer(const RelayReply& reply) {
  if (reply.status == 200) {
    Json body = {{"state", "done"}, {"id", to_hex0x(reply.id)}, {"block", reply.block.value}};
    body["tx"] = reply.tx == Hash{} ? Json(nullptr) : Json(to_hex0x(reply.tx));
    return json_answer(body);
  }
  HttpResponse response =
      reply.status == 202
          ? json_answer({{"state", "accepted"}, {"id", to_hex0x(reply.id)}}, reply.status)
          : error_answer(reply.status, reply.error);
  if (reply.status == 202 || reply.status == 429) {
    response.headers.emplace_back("Retry-After", std::to_string(reply.retry_after));
  }
  return response;
}

Json seats_json(const std::vector<Seat>& seats) {
  Json list = Json::array();
  for (const Seat seat : seats)
    list.push_back(seat.value);
  return list;
}

Json members_json(const NodeStatus& status) {
  Json members = Json::array();
  for (const auto& member : status.members)
    members.push_back(seat_json(member));
  return members;
}

Json to_json(const NodeStatus& status) {
  Json leader = nullptr;
  if (status.leader) {
    leader = {{"seat", status.leader->seat.value},
              {"operator", to_hex0x(status.leader->operator_)},
              {"endpoint", status.leader->endpoint}};
  }
  const Error& trouble = status.silenced.code.empty() ? status.refuses : status.silenced;
  return {{"seat", status.seat.value},
          {"operator", to_hex0x(status.operator_)},
          {"epoch", status.epoch.value},
          {"role", status.role},
          {"reason", status.reason},
          {"code", trouble.code.empty() ? Json(nullptr) : Json(trouble.code)},
          {"next_step", trouble.code.empty() ? Json(nullptr) : Json(trouble.hint)},
          {"leader", leader},
          {"generation", status.generation.value},
          {"term", status.term.value},
          {"commit_seq", status.commit_seq.value},
          {"quorum", status.quorum},
          {"config_nonce", status.config_nonce.value},
          {"counted", seats_json(status.counted)},
          {"members", members_json(status)},
          {"cold_start", status.cold_start ? to_json(*status.cold_start) : Json(nullptr)},
          {"chain",
           {{"id", status.chain.id},
            {"contract", to_hex0x(status.chain.contract)},
            {"head", status.chain.head.value},
            {"reachable", status.chain.reachable},
            {"error", status.chain.error.empty() ? Json(nullptr) : Json(status.chain.error)},
            {"gas", status.chain.gas},
            {"leader_term", status.chain.leader_term.value},
            {"leader_seat", status.chain.leader_seat.value}}}};
}

Json to_json(const Block& block) {
  const BlockHeader& header = block.header;
  Json json = {{"seq", header.seq.value},
               {"term", header.term.value},
               {"generation", header.generation.value},
               {"kind", kind_name(header.kind)},
               {"leader", header.leader.value},
               {"time_ms", header.leader_time_ms},
               {"hash", to_hex0x(block_hash(header))},
               {"prev_hash", to_hex0x(header.prev_hash)},
               {"operations", block.body.operations.size()}};
  if (block.body.rejoin) {
    json["rejoin"] = {{"seat", block.body.rejoin->identity.seat.value},
                      {"epoch", block.body.rejoin->identity.epoch.value},
                      {"boot_key", to_hex0x(block.body.rejoin->identity.boot_key)}};
  }
  if (const auto& change = block.body.change) {
    json["config"] = {{"seat", change->identity.seat.value},
                      {"epoch", change->identity.epoch.value},
                      {"boot_key", to_hex0x(change->identity.boot_key)},
                      {"admits", change->admits}};
  }
  return json;
}

}  // namespace dnc
