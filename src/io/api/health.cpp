#include "io/api/health.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "io/api/answers.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kAnyLag = std::numeric_limits<std::uint64_t>::max();

HttpResponse judged(HttpResponse response, bool healthy) {
  response.status = healthy ? 200 : 503;
  if (!healthy) response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse role_answer(const NodeStatus& status, bool healthy) {
  return judged(json_answer({{"role", status.role},
                             {"reason", status.reason},
                             {"term", status.term.value},
                             {"commit_seq", status.commit_seq.value},
                             {"lag", lag_of(status)}}),
                healthy);
}

HttpResponse replica_answer(const NodeStatus& status, const HttpRequest& request) {
  const auto lag_max = query_number(request, "lag", kAnyLag, 0, "/replica?lag=10");
  if (!lag_max) return error_answer(400, lag_max.error());
  const bool follows = serves(status) && status.role == "follower";
  return role_answer(status, follows && lag_of(status) <= *lag_max);
}

struct Check {
  const char* name;
  bool passes;
  bool required;      // others are told, and do not keep a node out
  std::string fault;  // why it does not pass
};

std::vector<Check> checks_of(const NodeStatus& status) {
  const bool admitted = status.role == "leader" || status.role == "follower";
  const std::string cause = status.reason.empty() ? "its role is " + status.role : status.reason;
  const std::string chain =
      status.chain.error.empty() ? "no endpoint was reached yet" : status.chain.error;
  return {{"admitted", admitted, true, cause},
          {"leader", status.leader.has_value(), true, "no leader is known"},
          {"writes", status.refuses.code.empty(), false, status.refuses.message},
          {"chain", status.chain.reachable, false, chain}};
}

// As Kubernetes writes it: a line for each check, then the verdict.
HttpResponse readyz_answer(const NodeStatus& status, const HttpRequest& request) {
  const bool ready = serves(status);
  HttpResponse response;
  response.content_type = "text/plain; charset=utf-8";
  if (request.query_value("verbose")) {
    for (const Check& check : checks_of(status)) {
      response.body.append(check.passes ? "[+]" : "[-]").append(check.name);
      response.body.append(check.passes ? " ok" : " failed: " + check.fault);
      if (!check.passes && !check.required) response.body.append(" (not required)");
      response.body.append("\n");
    }
    response.body.append("readyz check ").append(ready ? "passed\n" : "failed\n");
  } else {
    response.body = ready ? "ok\n" : "failed\n";
  }
  return judged(response, ready);
}

}  // namespace

bool serves(const NodeStatus& status) {
  return status.leader && (status.role == "leader" || status.role == "follower");
}

std::uint64_t lag_of(const NodeStatus& status) {
  SeqNo furthest = status.commit_seq;
  for (const auto& [seat, commit_seq] : status.progress)
    furthest = std::max(furthest, commit_seq);
  return furthest.value - status.commit_seq.value;
}

bool is_health_path(std::string_view path) {
  return std::find(std::begin(kHealthPaths), std::end(kHealthPaths), path) !=
         std::end(kHealthPaths);
}

HttpResponse health_answer(const NodeStatus& status, const HttpRequest& request) {
  const std::string_view path = request.path;
  if (path == "/readyz") return readyz_answer(status, request);
  if (path == "/replica") return replica_answer(status, request);
  if (path == "/leader") return role_answer(status, serves(status) && status.role == "leader");
  if (path == "/readiness") return role_answer(status, serves(status));
  if (path == "/health") return role_answer(status, status.role != "halted");
  return role_answer(status, true);
}

}  // namespace dnc
