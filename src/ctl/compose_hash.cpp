#include "ctl/compose_hash.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "ctl/connection.hpp"
#include "ctl/sheet.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {

Hash compose_hash(std::string_view file) {
  return sha256(as_bytes(file));
}

std::vector<std::string> compose_hash_warnings(std::string_view file) {
  if (file.empty()) return {"the file is empty"};
  std::vector<std::string> warnings;
  if (file.starts_with("\xef\xbb\xbf")) {
    warnings.push_back(
        "it begins with a byte order mark, which is hashed too, and dstack does not "
        "read such JSON");
  }
  if (file.find("\r\n") != std::string_view::npos) {
    warnings.push_back("it has CRLF line ends, which are hashed: a copy with LF has another hash");
  }
  if (file.back() == '\n') {
    warnings.push_back("it ends with a newline, which is hashed: dstack's SDKs write none");
  }
  const auto json = parse_json(file, {.size_max = kComposeBytesMax});
  if (!json) {
    warnings.push_back("it is no JSON (" + json.error().message +
                       "): dstack hashes app-compose.json, not the docker-compose file in it");
  } else if (!json->is_object() || !json->contains("manifest_version")) {
    warnings.push_back("it is JSON, but no app-compose: manifest_version is missing");
  }
  return warnings;
}

ExitCode run_compose_hash(const std::string& path, Output output) {
  const auto file = read_input(path, kComposeBytesMax);
  if (!file) {
    complain(file.error());
    return kCannotTell;
  }
  const auto warnings = compose_hash_warnings(*file);
  for (const auto& warning : warnings)
    std::fprintf(stderr, "clusterctl: warning: %s\n", warning.c_str());
  const std::string hash = to_hex0x(compose_hash(*file));
  if (output == Output::json) {
    print(Json{{"hash", hash}, {"warnings", warnings}});
  } else {
    std::printf("%s\n", hash.c_str());
  }
  return kOk;
}

}  // namespace dnc::ctl
