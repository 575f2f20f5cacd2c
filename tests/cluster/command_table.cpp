#include "command_table.hpp"

#include <set>
#include <sstream>

#include "clusterctl.hpp"

namespace dnc::cluster {
namespace {

constexpr const char* kSomebody = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
using Codes = std::array<int, 4>;

// What asks the contract, or nobody, ends alike whatever the nodes do.
constexpr Codes kAlways{0, 0, 0, 0};
constexpr Codes kNever{1, 1, 1, 1};
constexpr Codes kCannotTell{3, 3, 3, 3};
constexpr Codes kHealth{0, 1, 2, 3};
constexpr Codes kAnyNode{0, 0, 0, 3};

// Each text of the findings stands in the table, which wraps nothing.
std::string missing_facts(const Json& document, const std::string& table) {
  std::string missing;
  for (const Json& gate : document.value("gates", Json::array())) {
    for (const char* field : {"gate", "cause", "next"}) {
      const std::string text = gate.value(field, "");
      if (table.find(text) == std::string::npos) missing += " " + text;
    }
  }
  return missing;
}

std::string type_one(const TypedCommand& command, ClusterState state) {
  const int code = command.codes[static_cast<std::size_t>(state)];
  const ShellResult table = typed(command.line);
  std::ostringstream wrong;
  if (table.status != code) {
    wrong << command.line << ": ended with " << table.status << ", not " << code << "\n"
          << shell(clusterctl() + " " + command.line).output;
  }
  if (!command.json) return wrong.str();
  const ShellResult text = typed(command.line + " -o json");
  if (text.status != code) {
    wrong << command.line << " -o json: ended with " << text.status << ", not " << code << "\n";
  }
  if (code == 3 && text.output.empty()) return wrong.str();  // the error is on stderr
  const Json document = Json::parse(text.output, nullptr, false);
  if (!document.is_object()) return wrong.str() + command.line + " -o json: no JSON object\n";
  const std::string missing = command.steady ? missing_facts(document, table.output) : "";
  if (!missing.empty()) wrong << command.line << ": the table lacks" << missing << "\n";
  return wrong.str();
}

}  // namespace

std::vector<TypedCommand> command_table(const CommandPlaces& at) {
  const std::string both = at.nodes + at.chain;
  const std::string compose = at.home + "/app-compose.json";
  const std::string receipt = at.home + "/receipt.json";
  const std::string backup = at.home + "/backup.dnc";  // of the first row that types it
  const std::string keys = " --keys " + at.home + "/keys.json";
  return {
      {"status" + at.nodes, kHealth},
      {"members" + at.nodes, kHealth},
      {"peers" + at.nodes, kHealth},
      {"wait ready --timeout 300ms" + at.nodes, kHealth},
      {"history" + both, kAlways},
      {"explain 1" + both, {0, 0, 0, 1}, true, false},
      {"doctor" + both, {0, 0, 0, 3}, true, false},
      {"switchover" + at.nodes + at.chain, {0, 0, 1, 3}},
      {"recover" + at.nodes + at.chain, {1, 1, 1, 3}, false},
      {"vote" + at.chain, kAlways},
      {"check perf --profile small --duration 1s" + at.nodes, {0, 3, 3, 3}, true, false},
      {"verify http://127.0.0.1:8081" + at.chain, kAnyNode},
      {"join 3 --guest-agent " + at.home + "/run/agent-3.sock --operator-key " + at.key + at.chain,
       kAlways, true, false},
      {"mint " + std::string(kSomebody) + at.chain, kAlways},
      {"revoke 3" + at.chain, kAlways},
      {"reinstate 3" + at.chain, kAlways},
      {"leave 3" + at.chain, kAlways},
      {"replace 3" + at.chain, kAlways},
      {"operator set 3 " + std::string(kSomebody) + " --until 2099-01-01" + at.chain, kAlways},
      {"operator clear 3" + at.chain, kAlways},
      {"pause" + at.chain, kAlways},
      {"resume" + at.chain, kAlways},
      {"compose hash " + compose, kAlways},
      {"compose check " + compose + at.chain, kNever},  // no seat is free
      {"boot explain " + at.home + "/boot.json" + at.chain, kNever},
      {"contract verify" + at.chain, kAlways},
      {"receipt get " + at.seq + at.nodes, kAnyNode, false},
      {"receipt keys" + at.chain, kAlways, false},
      {"receipt verify " + receipt + keys, kAlways},
      {"receipt calldata " + receipt, kAlways, false},
      {"snapshot save --force " + backup + both, kAnyNode, true, false},
      {"snapshot verify " + backup + keys, kAlways},
      {"snapshot restore " + backup + " --data " + at.home + "/restored" + keys + at.chain,
       kAlways},
      {"contradiction get" + at.nodes, kAnyNode, false},
      {"contradiction verify " + at.home + "/contradictions.json" + keys, kCannotTell, false},
      {"deploy", kNever, false},  // of a key that nobody names
      {"config show", kAlways},
      {"completion bash", kAlways, false},
      {"manual", kAlways, false},
  };
}

std::string type_all(const CommandPlaces& places, ClusterState state) {
  std::string wrong;
  for (const TypedCommand& command : command_table(places))
    wrong += type_one(command, state);
  return wrong;
}

std::string untyped_commands(const CommandPlaces& places) {
  std::string wrong;
  const auto table = command_table(places);
  std::istringstream manual(typed("manual").output);
  for (std::string line; std::getline(manual, line);) {
    if (!line.starts_with(".SS ")) continue;
    // Words in capitals are arguments.
    const std::string words = line.substr(4);
    const std::string name = words.substr(0, words.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ"));
    const bool typed_here = std::any_of(table.begin(), table.end(), [&](const TypedCommand& each) {
      return (each.line + " ").starts_with(trimmed(name) + " ");
    });
    if (!typed_here) wrong += trimmed(name) + "\n";
  }
  return wrong;
}

}  // namespace dnc::cluster
