// dstack's app-compose.json, as far as it decides whether an app gets its keys here. Fields and
// defaults are those of dstack's guest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"

namespace dnc::ctl {

enum class KeyProvider { none, kms, local, tpm, other };

struct AppCompose {
  std::string manifest_version;
  std::string name;
  std::string runner;
  std::string docker_compose_file;
  std::string bash_script;
  std::string pre_launch_script;
  std::string init_script;
  KeyProvider key_provider = KeyProvider::none;
  std::vector<std::string> allowed_envs;
  bool no_instance_id = false;
  bool secure_time = true;
  bool public_logs = false;

  // Everything in it that runs, and so where a contract address may be measured.
  std::string program() const;
};

// Errors: json_too_large, json_malformed, json_field.
Result<AppCompose> parse_app_compose(std::string_view file);

// The values of all `image:` keys in a docker-compose text, and whether it builds images itself. A
// search for keys, not a YAML parser: it finds what people write.
struct Images {
  std::vector<std::string> names;
  bool builds = false;
};
Images images_of(std::string_view docker_compose);

}  // namespace dnc::ctl
