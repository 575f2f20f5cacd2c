#include "ctl/bytecode.hpp"

#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/base/file.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

constexpr std::size_t kArtifactMax = 32u << 20;
constexpr std::uint8_t kPush20 = 0x73;
constexpr std::uint8_t kAddressOpcode = 0x30;
constexpr std::size_t kOwnAddressAt = 1;  // in a library, behind PUSH20
constexpr std::size_t kMetadataSizeBytes = 2;

const Bytes kCloneHead = *from_hex("363d3d373d3d3d363d73");
const Bytes kCloneTail = *from_hex("5af43d82803e903d91602b57fd5bf3");

Error bad_artifact(const std::string& path, const std::string& what) {
  return {"bad_artifact", path + ": " + what, "build the contracts: scripts/setup.sh contracts"};
}

// Unlinked code has "__$...$__" where an address will stand.
std::string without_placeholders(std::string hex) {
  constexpr std::size_t kDigits = Address::kSize * 2;
  for (auto at = hex.find("__"); at != std::string::npos; at = hex.find("__", at)) {
    hex.replace(at, kDigits, std::string(kDigits, '0'));
  }
  return hex;
}

bool fits(const Artifact::Place& place, ByteView code) {
  return place.size <= code.size() && place.start <= code.size() - place.size;
}

// Places of one library or immutable: [{"start": 4195, "length": 20}, ..]
bool read_places(const Json& list, const Bytes& code, std::vector<Artifact::Place>& out) {
  if (!list.is_array()) return false;
  for (const auto& item : list) {
    const auto start = json_u64(item, "start");
    const auto size = json_u64(item, "length");
    if (!start || !size) return false;
    out.push_back({*start, *size});
    if (!fits(out.back(), code)) return false;
  }
  return true;
}

bool read_links(const Json& bytecode, Artifact& artifact) {
  if (!json_has(bytecode, "linkReferences")) return true;
  for (const auto& file : bytecode["linkReferences"]) {
    for (const auto& library : file.items()) {
      auto& places = artifact.libraries[library.key()];
      if (!read_places(library.value(), artifact.code, places) || places.empty()) return false;
      for (const auto& place : places)
        if (place.size != Address::kSize) return false;
    }
  }
  return true;
}

bool read_immutables(const Json& bytecode, Artifact& artifact) {
  if (!json_has(bytecode, "immutableReferences")) return true;
  for (const auto& places : bytecode["immutableReferences"])
    if (!read_places(places, artifact.code, artifact.immutables)) return false;
  return true;
}

bool begins_with_own_address(const Bytes& code) {
  const std::size_t behind = kOwnAddressAt + Address::kSize;
  return code.size() > behind && code[0] == kPush20 && code[behind] == kAddressOpcode &&
         Address::from(ByteView(code).subspan(kOwnAddressAt, Address::kSize))->is_zero();
}

// The compiler's CBOR at the end, its size in the last two bytes.
std::size_t metadata_size(ByteView code) {
  if (code.size() < kMetadataSizeBytes) return 0;
  const std::size_t size = code[code.size() - 2] * 256u + code[code.size() - 1];
  return std::min(size + kMetadataSizeBytes, code.size());
}

Bytes with_zeros(ByteView code, const Artifact& artifact) {
  Bytes masked(code.begin(), code.end());
  const auto blank = [&](const Artifact::Place& place) {
    std::fill_n(masked.begin() + static_cast<std::ptrdiff_t>(place.start), place.size, 0);
  };
  for (const auto& [library, places] : artifact.libraries)
    for (const auto& place : places)
      blank(place);
  for (const auto& place : artifact.immutables)
    blank(place);
  if (artifact.is_library) blank({kOwnAddressAt, Address::kSize});
  return masked;
}

Finding compare_program(const std::string& gate, const Artifact& artifact, const Bytes& masked) {
  const std::string next = "this is not what the sources here make: do not trust it";
  const std::size_t program = artifact.code.size() - metadata_size(artifact.code);
  for (std::size_t i = 0; i < program; ++i) {
    if (masked[i] == artifact.code[i]) continue;
    return refusal(gate,
                   "byte " + std::to_string(i) + " is " + to_hex0x(ByteView(&masked[i], 1)) +
                       ", the build has " + to_hex0x(ByteView(&artifact.code[i], 1)),
                   next);
  }
  return passed(gate, artifact.name + ", " + std::to_string(program) + " bytes as built");
}

Finding compare_metadata(const std::string& gate, const Artifact& artifact, ByteView code) {
  const std::size_t size = metadata_size(artifact.code);
  const std::string built = to_hex0x(ByteView(artifact.code).last(size));
  const std::string found = to_hex0x(code.last(size));
  if (found == built) return passed(gate, built);
  return refusal(gate, found + ", the build has " + built,
                 "other sources, comments or compiler settings: check out the version that was "
                 "deployed, and build it");
}

}  // namespace

Result<Artifact> read_artifact(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name + ".sol/" + name + ".json";
  const auto text = read_file(path, kArtifactMax);
  if (!text) return bad_artifact(path, text.error().message);
  const auto json = parse_json(*text, {.size_max = kArtifactMax, .depth_max = 128});
  if (!json) return bad_artifact(path, json.error().message);
  const auto bytecode = json_object(*json, "deployedBytecode");
  if (!bytecode) return bad_artifact(path, bytecode.error().message);
  const auto object = json_text(**bytecode, "object");
  auto code = object ? from_hex(without_placeholders(*object)) : std::nullopt;
  if (!code || code->empty()) return bad_artifact(path, "it holds no code");
  Artifact artifact{name, std::move(*code), {}, {}, false};
  if (!read_links(**bytecode, artifact) || !read_immutables(**bytecode, artifact)) {
    return bad_artifact(path, "it holds places that are none");
  }
  artifact.is_library = begins_with_own_address(artifact.code);
  return artifact;
}

std::optional<Address> clone_target(ByteView code) {
  if (code.size() != kCloneHead.size() + Address::kSize + kCloneTail.size()) return std::nullopt;
  const bool head = std::equal(kCloneHead.begin(), kCloneHead.end(), code.begin());
  const ByteView tail = code.last(kCloneTail.size());
  const bool is_clone = head && std::equal(kCloneTail.begin(), kCloneTail.end(), tail.begin());
  return is_clone ? Address::from(code.subspan(kCloneHead.size(), Address::kSize)) : std::nullopt;
}

Report compare_code(const std::string& part, const Artifact& artifact, const Address& address,
                    ByteView code) {
  if (code.empty()) {
    return {refusal(part + " code", "there is none at " + to_hex0x(address),
                    "is this the chain of the deployment file?")};
  }
  if (code.size() != artifact.code.size()) {
    return {refusal(part + " code",
                    std::to_string(code.size()) + " bytes at " + to_hex0x(address) +
                        ", the build of " + artifact.name + " has " +
                        std::to_string(artifact.code.size()),
                    "another contract, or another version: check out the one that was deployed")};
  }
  Report report{compare_program(part + " code", artifact, with_zeros(code, artifact)),
                compare_metadata(part + " metadata", artifact, code)};
  const auto own = Address::from(code.subspan(kOwnAddressAt, Address::kSize));
  if (artifact.is_library && *own != address) {
    report.push_back(refusal(part + " own address",
                             to_hex0x(*own) + ", but it stands at " + to_hex0x(address),
                             "a library that takes itself for another cannot be called safely"));
  }
  for (const auto& place : artifact.immutables) {
    report.push_back(warning(part + " immutable",
                             "at byte " + std::to_string(place.start) + ": " +
                                 to_hex0x(code.subspan(place.start, place.size)),
                             "set by the constructor: compare it with the deployment's arguments"));
  }
  return report;
}

std::optional<Address> linked_library(const Artifact& artifact, const std::string& library,
                                      ByteView code) {
  const auto found = artifact.libraries.find(library);
  if (found == artifact.libraries.end()) return std::nullopt;
  std::optional<Address> address;
  for (const auto& place : found->second) {
    if (!fits(place, code)) return std::nullopt;
    const auto here = Address::from(code.subspan(place.start, place.size));
    if (address && *address != *here) return std::nullopt;
    address = here;
  }
  return address;
}

}  // namespace dnc::ctl
