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

}  // namespace dnc::cluster
