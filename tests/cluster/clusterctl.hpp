// clusterctl, typed as an operator types it.
#pragma once

#include <cstdlib>
#include <string>

#include "http.hpp"
#include "shell.hpp"

namespace dnc::cluster {

// One of the programs under test; asks for no world.
inline std::string program(const std::string& name) {
  const char* bin = std::getenv("DNC_BIN");
  return std::string(bin != nullptr ? bin : DNC_BIN_DEFAULT) + "/" + name;
}
inline std::string clusterctl() {
  return program("clusterctl");
}

// What came out on stdout; talk is left out.
inline ShellResult typed(const std::string& arguments, const std::string& environment = "") {
  return shell(environment + " " + clusterctl() + " " + arguments + " 2>/dev/null");
}

inline Json typed_json(const std::string& arguments) {
  return Json::parse(typed(arguments + " -o json").output, nullptr, false);
}

// What clusterctl explain says keeps a seat's node from serving: "gate: cause -> next step", a line
// for each gate that refuses. Asks the node at `port` where the contract does not know it.
inline std::string explained(int seat, int port, const std::string& deployment) {
  const Json report = typed_json("explain " + std::to_string(seat) + " --url http://127.0.0.1:" +
                                 std::to_string(port) + " --deployment " + deployment);
  std::string text;
  for (const Json& gate : report.value("gates", Json::array())) {
    if (gate["verdict"] != "refused") continue;
    text += gate["gate"].get<std::string>() + ": " + gate["cause"].get<std::string>() + " -> " +
            gate["next"].get<std::string>() + "\n";
  }
  return text;
}

}  // namespace dnc::cluster
