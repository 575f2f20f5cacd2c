#include "ctl/compose_gates.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "ctl/compose_hash.hpp"

namespace dnc::ctl {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool has_number(std::string_view text, const std::string& number) {
  for (auto at = text.find(number); at != std::string_view::npos; at = text.find(number, at + 1)) {
    const auto end = at + number.size();
    if ((at == 0 || !is_digit(text[at - 1])) && (end == text.size() || !is_digit(text[end]))) {
      return true;
    }
  }
  return false;
}

Finding runner_gate(const AppCompose& compose) {
  const bool docker = compose.runner == "docker-compose" || compose.runner == "nerdctl-compose";
  if (!docker && compose.runner != "bash") {
    return refusal("runner", "dstack knows no runner \"" + compose.runner + "\"",
                   "\"runner\": \"docker-compose\"");
  }
  const char* field = docker ? "docker_compose_file" : "bash_script";
  const std::string& program = docker ? compose.docker_compose_file : compose.bash_script;
  if (program.empty()) {
    return refusal("runner", compose.runner + " has nothing to run: " + field + " is empty",
                   std::string("put the program's text into ") + field);
  }
  return passed("runner", compose.runner + ", manifest version " + compose.manifest_version);
}

Finding key_provider_gate(const AppCompose& compose) {
  if (compose.key_provider == KeyProvider::kms) {
    return passed("key-provider", "the KMS, which asks the contract");
  }
  return refusal("key-provider", "the app takes no keys from a KMS, so no proof of it can join",
                 "\"kms_enabled\": true, and no other key_provider");
}

Finding instance_gate(const AppCompose& compose) {
  if (!compose.no_instance_id) return passed("instance-id", "every CVM gets its own");
  return refusal("instance-id",
                 "no_instance_id is set: the contract refuses a boot without instance id",
                 "\"no_instance_id\": false");
}

// Whoever is not measured is chosen by the operator. The contract refuses proofs for another app id
// all the same, hence a warning.
Finding measured_gate(const AppCompose& compose, const World& world) {
  const std::string text = lower(compose.program());
  std::string address = to_hex0x(world.contract);
  std::string missing;
  if (text.find(address.substr(2)) == std::string::npos) missing = "the contract " + address;
  if (!has_number(text, std::to_string(world.chain_id))) {
    missing +=
        (missing.empty() ? "" : " and ") + ("the chain id " + std::to_string(world.chain_id));
  }
  if (missing.empty()) return passed("measured", "contract and chain id are part of the hash");
  return warning("measured", "not in the measured text: " + missing,
                 "write it into the compose's program, not into an encrypted variable");
}

void environment_gate(const AppCompose& compose, Report& report) {
  std::string theirs;
  for (const auto& name : compose.allowed_envs) {
    const std::string plain = lower(name);
    for (const char* part : {"rpc", "contract", "chain", "deployment", "kms"}) {
      if (plain.find(part) == std::string::npos) continue;
      theirs += (theirs.empty() ? "" : ", ") + name;
      break;
    }
  }
  if (theirs.empty()) {
    report.push_back(passed("environment", "no variable names the chain or the contract"));
    return;
  }
  report.push_back(
      warning("environment", "allowed_envs gives the operator " + theirs,
              "not measured: a node must check what it is told there against what is"));
}

void image_gate(const AppCompose& compose, Report& report) {
  const Images images = images_of(compose.docker_compose_file);
  std::string open;
  for (const auto& name : images.names) {
    if (name.find("@sha256:") == std::string::npos || name.find('$') != std::string::npos) {
      open += (open.empty() ? "" : ", ") + name;
    }
  }
  if (!open.empty()) {
    report.push_back(warning("images", "not held by the hash: " + open,
                             "name them by digest: image@sha256:..."));
  } else if (!images.names.empty()) {
    report.push_back(
        passed("images", "all " + std::to_string(images.names.size()) + " named by digest"));
  }
  if (images.builds) {
    report.push_back(warning("images", "an image is built in the CVM, from what is not measured",
                             "build it before, and name it by digest"));
  }
}

}  // namespace

Report local_gates(std::string_view file, const std::optional<World>& world) {
  Report report{passed("size", std::to_string(file.size()) + " bytes")};
  const auto compose = parse_app_compose(file);
  if (!compose) {
    report.push_back(refusal("format", "this is no app-compose: " + compose.error().message,
                             "give the app-compose.json, not the docker-compose file in it"));
    return report;
  }
  for (const auto& trap : compose_hash_warnings(file))
    report.push_back(warning("format", trap, "see clusterctl compose hash --help"));
  report.push_back(runner_gate(*compose));
  report.push_back(key_provider_gate(*compose));
  report.push_back(instance_gate(*compose));
  if (world) report.push_back(measured_gate(*compose, *world));
  environment_gate(*compose, report);
  image_gate(*compose, report);
  if (!compose->secure_time) {
    report.push_back(
        warning("clock", "secure_time is off: the host sets the clock", "\"secure_time\": true"));
  }
  if (compose->public_logs) {
    report.push_back(warning("logs", "public_logs shows the containers' logs to everybody",
                             "\"public_logs\": false"));
  }
  return report;
}

}  // namespace dnc::ctl
