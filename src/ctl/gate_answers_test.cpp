#include "ctl/gate_answers.hpp"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

const Address kCluster = *fixed_from_hex<Address>(std::string(38, '1') + "c1");
const Address kKms = *fixed_from_hex<Address>(std::string(38, '2') + "42");
constexpr const char* kIsAppAllowed =
    "isAppAllowed((address,bytes32,address,bytes32,bytes32,bytes32,bytes32,string,string[]))";

// A chain that answers calls from a table; what is not in it reverts.
class Chain {
 public:
  Chain() : client_(JsonRpc([this](const std::string& body) { return respond(body); })) {
    says(kCluster, "allowedComposeHashes(bytes32)", AbiEncoder().flag(true));
    says(kCluster, "allowAnyDevice()", AbiEncoder().flag(true));
    says(kCluster, "allowedDeviceIds(bytes32)", AbiEncoder().flag(false));
    says(kCluster, "requireTcbUpToDate()", AbiEncoder().flag(false));
    says(kCluster, "pausedUntil()", AbiEncoder().number(0));
    says(kCluster, "freeSeats()", AbiEncoder().number(2));
    decides(kCluster, "");
  }
  void says(const Address& who, const char* signature, const AbiEncoder& answer) {
    answers_[to_hex0x(who) + to_hex(selector(signature))] = to_hex0x(answer.encode());
  }
  void decides(const Address& who, const std::string& reason) {
    says(who, kIsAppAllowed, AbiEncoder().flag(reason.empty()).text(reason));
  }
  ChainClient& client() { return client_; }

 private:
  Json answer_one(const Json& request) const {
    Json answer{{"jsonrpc", "2.0"}, {"id", request["id"]}};
    if (request["method"] == "eth_getBlockByNumber") {
      const std::string hash = to_hex0x(Hash{});
      answer["result"] = {
          {"number", "0x1"}, {"hash", hash}, {"parentHash", hash}, {"timestamp", "0x1"}};
      return answer;
    }
    const Json& call = request["params"][0];
    const auto found =
        answers_.find(call["to"].get<std::string>() + call["data"].get<std::string>().substr(2, 8));
    if (found == answers_.end()) {
      answer["error"] = {{"code", 3}, {"message", "execution reverted"}, {"data", "0x"}};
    } else {
      answer["result"] = found->second;
    }
    return answer;
  }
  Result<std::string> respond(const std::string& body) const {
    const Json request = *parse_json(body);
    if (request.is_object()) return dump_json(answer_one(request));
    Json answers = Json::array();
    for (const auto& one : request)
      answers.push_back(answer_one(one));
    return dump_json(answers);
  }

  std::map<std::string, std::string> answers_;
  ChainClient client_;
};

Deployment deployment(bool with_kms) {
  Deployment made;
  made.chain_id = 8453;
  made.contract = kCluster;
  if (with_kms) made.kms_contract = kKms;
  return made;
}

const Finding& gate(const Report& report, const std::string& begin) {
  static const Finding kNone = unknown("none", "no such gate", "");
  for (const auto& finding : report)
    if (finding.gate.starts_with(begin)) return finding;
  return kNone;
}

TEST(GateAnswers, AnAllowedComposePassesEveryGate) {
  Chain chain;
  const Report report = contract_gates(chain.client(), deployment(false), {});
  EXPECT_EQ(verdict_of(report), Verdict::ok) << as_table(report);
  EXPECT_EQ(report.size(), 5u);
}

TEST(GateAnswers, EachGateRefusesForItself) {
  Chain chain;
  chain.says(kCluster, "allowedComposeHashes(bytes32)", AbiEncoder().flag(false));
  chain.says(kCluster, "allowAnyDevice()", AbiEncoder().flag(false));
  chain.says(kCluster, "requireTcbUpToDate()", AbiEncoder().flag(true));
  chain.says(kCluster, "freeSeats()", AbiEncoder().number(0));
  chain.says(kCluster, "pausedUntil()", AbiEncoder().number(2));
  Candidate candidate;
  candidate.device = Hash{};
  candidate.tcb_status = "OutOfDate";
  const Report report = contract_gates(chain.client(), deployment(false), candidate);
  for (const char* name : {"compose-hash", "device", "tcb", "seats"})
    EXPECT_EQ(gate(report, name).verdict, Verdict::refused) << name;
  EXPECT_NE(gate(report, "compose-hash").next.find("addComposeHash(0x"), std::string::npos);
  EXPECT_EQ(gate(report, "pause").verdict, Verdict::warn);
}

TEST(GateAnswers, WithoutDeviceTheContractIsNotAskedForOne) {
  Chain chain;
  chain.says(kCluster, "allowAnyDevice()", AbiEncoder().flag(false));
  const Report report = contract_gates(chain.client(), deployment(false), {});
  EXPECT_EQ(exit_code_of(report), kCannotTell);
  EXPECT_EQ(gate(report, "cluster").gate, "none");
}

TEST(GateAnswers, ABoundInstanceNeedsNoFreeSeat) {
  Chain chain;
  chain.says(kCluster, "freeSeats()", AbiEncoder().number(0));
  Candidate candidate;
  candidate.instance = kKms;
  EXPECT_EQ(exit_code_of(contract_gates(chain.client(), deployment(false), candidate)), kOk);
}

TEST(GateAnswers, AnUnregisteredAppIsRefused) {
  Chain chain;
  chain.says(kKms, "registeredApps(address)", AbiEncoder().flag(false));
  const Report report = contract_gates(chain.client(), deployment(true), {});
  EXPECT_EQ(gate(report, "registered").verdict, Verdict::refused);
}

TEST(GateAnswers, TheRefusalNamesTheContractThatGaveIt) {
  Chain chain;
  chain.decides(kKms, "");
  EXPECT_EQ(exit_code_of(ask_gates(chain.client(), deployment(true), {})), kOk);

  chain.decides(kKms, "OS image is not allowed");
  Report report = ask_gates(chain.client(), deployment(true), {});
  EXPECT_EQ(gate(report, "cluster").verdict, Verdict::ok);
  EXPECT_NE(gate(report, "kms").cause.find("by the KMS contract itself"), std::string::npos);

  chain.decides(kCluster, "Seat is revoked");
  chain.decides(kKms, "Seat is revoked");
  report = ask_gates(chain.client(), deployment(true), {});
  EXPECT_EQ(gate(report, "cluster").verdict, Verdict::refused);
  EXPECT_NE(gate(report, "kms").cause.find("passed on"), std::string::npos);
}

TEST(GateAnswers, ARevertIsWhatTheKmsCallsUnavailable) {
  Chain chain;
  const Report report = ask_gates(chain.client(), deployment(true), {});
  EXPECT_EQ(gate(report, "kms").verdict, Verdict::refused);
  EXPECT_NE(gate(report, "kms").cause.find("authorization backend unavailable"), std::string::npos);
}

TEST(GateAnswers, AnUnknownReasonIsQuotedAndNotExplained) {
  const Finding finding = explain("cluster", "it", {false, "Full moon"});
  EXPECT_EQ(finding.verdict, Verdict::refused);
  EXPECT_EQ(finding.cause, "it says \"Full moon\"");
}

}  // namespace
}  // namespace dnc::ctl
