#include "ctl/status.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

int judge(const Json& status) {
  std::size_t serving = 0;
  std::size_t troubled = 0;
  for (const auto& member : status.value("members", Json::array())) {
    const std::string state = member.value("state", "");
    if (state == "leader" || state == "follower") {
      ++serving;
    } else if (state != "vacant" && state != "observer") {
      ++troubled;
    }
  }
  const bool led = status.contains("leader") && status["leader"].is_object();
  const auto quorum = status.value("quorum", std::size_t{0});
  if (!led || quorum == 0 || serving < quorum) return kNoQuorum;
  return troubled == 0 ? kHealthy : kDegraded;
}

void print_table(const Json& status) {
  const Json counted = status.value("counted", Json::array());
  std::printf("%-5s %-11s %-7s %-22s %s\n", "SEAT", "STATE", "COUNTED", "ENDPOINT", "OPERATOR");
  for (const auto& member : status.value("members", Json::array())) {
    const auto seat = member.value("seat", std::uint64_t{0});
    const bool counts = std::find(counted.begin(), counted.end(), Json(seat)) != counted.end();
    std::printf("%-5llu %-11s %-7s %-22s %s\n", static_cast<unsigned long long>(seat),
                member.value("state", "?").c_str(), counts ? "yes" : "no",
                member.value("endpoint", "").c_str(), member.value("operator", "?").c_str());
  }
  const Json chain = status.value("chain", Json::object());
  std::printf(
      "\nterm %llu, generation %llu, commit %llu, quorum %llu; chain %llu at block %llu%s\n",
      static_cast<unsigned long long>(status.value("term", std::uint64_t{0})),
      static_cast<unsigned long long>(status.value("generation", std::uint64_t{0})),
      static_cast<unsigned long long>(status.value("commit_seq", std::uint64_t{0})),
      static_cast<unsigned long long>(status.value("quorum", std::uint64_t{0})),
      static_cast<unsigned long long>(chain.value("id", std::uint64_t{0})),
      static_cast<unsigned long long>(chain.value("head", std::uint64_t{0})),
      chain.value("reachable", false) ? "" : " (not reachable)");
  const std::string reason = status.value("reason", "");
  if (!reason.empty()) {
    std::printf("seat %llu: %s\n",
                static_cast<unsigned long long>(status.value("seat", std::uint64_t{0})),
                reason.c_str());
  }
}

}  // namespace

int run_status(const NodeOptions& nodes, Output output) {
  const auto status =
      first_answer(nodes, [](NodeClient& node) { return node.get_object("/status"); });
  if (!status) {
    std::fprintf(stderr, "clusterctl: cannot tell: no node answered\n");
    return kCannotTell;
  }
  try {
    if (output == Output::json) {
      std::printf("%s\n", status->dump(2).c_str());
    } else {
      print_table(*status);
    }
    return judge(*status);
  } catch (const Json::exception& error) {
    std::fprintf(stderr, "clusterctl: the answer is not a status: %s\n", error.what());
    return kCannotTell;
  }
}

}  // namespace dnc::ctl
