// A contract of our build, and how the code on a chain differs from it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "ctl/report.hpp"

namespace dnc::ctl {

// What forge writes to out/NAME.sol/NAME.json, as far as it is code. Places that are filled in at
// deployment are zeros: addresses of linked libraries, immutables, and a library's own address.
struct Artifact {
  struct Place {
    std::size_t start = 0;
    std::size_t size = 0;
  };
  std::string name;
  Bytes code;
  std::map<std::string, std::vector<Place>> libraries;  // by name, at least one place each
  std::vector<Place> immutables;
  bool is_library = false;  // its code begins with its own address
};

// Errors: those of read_file and JSON; bad_artifact.
Result<Artifact> read_artifact(const std::string& directory, const std::string& name);

// The address that an EIP-1167 clone forwards to; empty when the code is no such clone.
std::optional<Address> clone_target(ByteView code);

// `code` on the chain at `address` against the build: one finding for the program, one for the
// metadata hash, and where they exist for the library's own address and for the immutables.
// `part` begins the gates' names: "implementation".
Report compare_code(const std::string& part, const Artifact& artifact, const Address& address,
                    ByteView code);

// Where the code on the chain looks for a library. Empty when its places disagree or do not fit.
std::optional<Address> linked_library(const Artifact& artifact, const std::string& library,
                                      ByteView code);

}  // namespace dnc::ctl
