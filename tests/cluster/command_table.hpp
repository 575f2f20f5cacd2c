// Every command of clusterctl, and what it ends with as the cluster loses its nodes.
#pragma once

#include <array>
#include <string>
#include <vector>

namespace dnc::cluster {

enum class ClusterState { kHealthy, kOneDown, kNoQuorum, kNobodyAnswers };

struct TypedCommand {
  std::string line;
  std::array<int, 4> codes;  // one for each state
  bool json = true;          // takes -o json
  bool steady = true;        // two looks show the same figures
};

// Where the lines find what they speak of.
struct CommandPlaces {
  std::string nodes;  // --url ..
  std::string chain;  // --deployment ..
  std::string home;   // app-compose, receipt, keys, contradictions: files .json
  std::string seq;    // of a write
  std::string key;    // file, of the operator of seat 3
};

std::vector<TypedCommand> command_table(const CommandPlaces& places);

// Types each in both outputs: the codes, JSON where it is promised, and the facts of the JSON in
// the table. Findings, one a line; empty where all is as promised.
std::string type_all(const CommandPlaces& places, ClusterState state);

// Commands of the manual that the table does not type, and the other way round.
std::string untyped_commands(const CommandPlaces& places);

}  // namespace dnc::cluster
