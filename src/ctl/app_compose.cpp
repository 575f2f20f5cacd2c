#include "ctl/app_compose.hpp"

#include <nlohmann/json.hpp>

#include "ctl/compose_hash.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

Error wrong_type(const char* field, const char* type) {
  return {"json_field", "field \"" + std::string(field) + "\" is no " + type, ""};
}

Status read_text(const Json& json, const char* field, std::string& out) {
  if (!json_has(json, field)) return ok_status();
  if (!json[field].is_string()) return wrong_type(field, "text");
  out = json[field].get<std::string>();
  return ok_status();
}

Status read_flag(const Json& json, const char* field, bool& out) {
  if (!json_has(json, field)) return ok_status();
  if (!json[field].is_boolean()) return wrong_type(field, "true or false");
  out = json[field].get<bool>();
  return ok_status();
}

// A number in version 2, a text in the newest.
Status read_version(const Json& json, std::string& out) {
  if (!json_has(json, "manifest_version")) {
    return Error{"json_field", "field \"manifest_version\" is missing", ""};
  }
  const Json& version = json["manifest_version"];
  if (version.is_string()) out = version.get<std::string>();
  if (version.is_number_integer()) out = version.dump();
  if (out.empty()) return wrong_type("manifest_version", "number");
  return ok_status();
}

Status read_names(const Json& json, const char* field, std::vector<std::string>& out) {
  if (!json_has(json, field)) return ok_status();
  if (!json[field].is_array()) return wrong_type(field, "array");
  for (const auto& item : json[field]) {
    if (!item.is_string()) return wrong_type(field, "array of texts");
    out.push_back(item.get<std::string>());
  }
  return ok_status();
}

// key_provider wins over the two older flags.
Status read_key_provider(const Json& json, KeyProvider& out) {
  std::string name;
  bool kms = false;
  bool local = false;
  for (const Status& read :
       {read_text(json, "key_provider", name), read_flag(json, "kms_enabled", kms),
        read_flag(json, "local_key_provider_enabled", local)}) {
    if (!read) return read;
  }
  if (name.empty()) {
    out = kms ? KeyProvider::kms : local ? KeyProvider::local : KeyProvider::none;
  } else {
    out = name == "kms"     ? KeyProvider::kms
          : name == "local" ? KeyProvider::local
          : name == "tpm"   ? KeyProvider::tpm
          : name == "none"  ? KeyProvider::none
                            : KeyProvider::other;
  }
  return ok_status();
}

bool is_key_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// The value after `key:` if the key begins at `at`, without quotes, comments and flow brackets.
std::string value_at(std::string_view line, std::size_t at) {
  line.remove_prefix(at);
  while (line.starts_with(' '))
    line.remove_prefix(1);
  if (line.starts_with('"') || line.starts_with('\'')) {
    return std::string(line.substr(1, line.find(line.front(), 1) - 1));
  }
  line = line.substr(0, line.find_first_of(" ,\r\t"));
  const bool closes_flow = line.ends_with('}') && line.find('{') == std::string_view::npos;
  return std::string(closes_flow ? line.substr(0, line.size() - 1) : line);
}

std::size_t find_key(std::string_view line, std::string_view key, std::size_t from) {
  for (auto at = line.find(key, from); at != std::string_view::npos; at = line.find(key, at + 1)) {
    const bool begins = at == 0 || !is_key_char(line[at - 1]);
    const bool ends = at + key.size() == line.size() || line[at + key.size()] == ' ';
    if (begins && ends) return at;
  }
  return std::string_view::npos;
}

std::string_view without_comment(std::string_view line) {
  if (line.starts_with('#')) return {};
  return line.substr(0, line.find(" #"));
}

}  // namespace

std::string AppCompose::program() const {
  return docker_compose_file + "\n" + bash_script + "\n" + pre_launch_script + "\n" + init_script;
}

Result<AppCompose> parse_app_compose(std::string_view file) {
  const auto json = parse_json(file, {.size_max = kComposeBytesMax});
  if (!json) return json.error();
  if (!json->is_object()) return Error{"json_field", "it is JSON, but no object", ""};
  AppCompose compose;
  for (const Status& read :
       {read_version(*json, compose.manifest_version), read_text(*json, "name", compose.name),
        read_text(*json, "runner", compose.runner),
        read_text(*json, "docker_compose_file", compose.docker_compose_file),
        read_text(*json, "bash_script", compose.bash_script),
        read_text(*json, "pre_launch_script", compose.pre_launch_script),
        read_text(*json, "init_script", compose.init_script),
        read_key_provider(*json, compose.key_provider),
        read_names(*json, "allowed_envs", compose.allowed_envs),
        read_flag(*json, "no_instance_id", compose.no_instance_id),
        read_flag(*json, "secure_time", compose.secure_time),
        read_flag(*json, "public_logs", compose.public_logs)}) {
    if (!read) return read.error();
  }
  return compose;
}

Images images_of(std::string_view docker_compose) {
  Images images;
  while (!docker_compose.empty()) {
    const auto end = docker_compose.find('\n');
    std::string_view line = docker_compose.substr(0, end);
    docker_compose.remove_prefix(end == std::string_view::npos ? docker_compose.size() : end + 1);
    while (line.starts_with(' '))
      line.remove_prefix(1);
    line = without_comment(line);
    constexpr std::string_view kImage = "image:";
    for (auto at = find_key(line, kImage, 0); at != std::string_view::npos;
         at = find_key(line, kImage, at + 1)) {
      images.names.push_back(value_at(line, at + kImage.size()));
    }
    if (find_key(line, "build:", 0) != std::string_view::npos) images.builds = true;
  }
  return images;
}

}  // namespace dnc::ctl
