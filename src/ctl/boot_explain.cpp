#include "ctl/boot_explain.hpp"

#include <nlohmann/json.hpp>

#include "ctl/gate_answers.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

constexpr std::size_t kBootInfoMax = 1u << 20;

Result<BootInfo> read_boot_info(const std::string& path) {
  const auto text = read_input(path, kBootInfoMax);
  if (!text) return text.error();
  const auto json = parse_json(*text);
  if (!json) return json.error();
  return parse_boot_info(*json);
}

}  // namespace

ExitCode run_boot_explain(const std::string& path, const ChainOptions& options, Output output) {
  const auto info = read_boot_info(path);
  if (!info && info.error().code == "bad_boot_info") {
    const BootAnswer refused{false, "invalid authorization request"};
    Finding finding = explain("webhook", "the auth service", refused);
    finding.cause += "; " + info.error().message;
    return print({finding}, output);
  }
  if (!info) {
    complain(info.error());
    return kCannotTell;
  }
  auto connection = connect(options);
  if (!connection) {
    complain(connection.error());
    return kCannotTell;
  }
  return print(ask_gates(*connection->chain, connection->deployment, *info), output);
}

}  // namespace dnc::ctl
