#include "ctl/compose_check.hpp"

#include "core/base/hex.hpp"
#include "ctl/compose_gates.hpp"
#include "ctl/compose_hash.hpp"
#include "ctl/gate_answers.hpp"

namespace dnc::ctl {
namespace {

template <class Fixed>
bool read_flag(const std::string& text, const char* flag, std::optional<Fixed>& out) {
  if (text.empty()) return true;
  out = fixed_from_hex<Fixed>(text);
  if (out) return true;
  complain({"usage", std::string(flag) + " takes hex of " + std::to_string(Fixed::kSize) + " bytes",
            ""});
  return false;
}

}  // namespace

ExitCode run_compose_check(const ComposeCheckOptions& options, Output output) {
  Candidate candidate;
  if (!read_flag(options.device, "--device", candidate.device) ||
      !read_flag(options.instance, "--instance", candidate.instance) ||
      !read_flag(options.os_image, "--os-image", candidate.os_image)) {
    return kUsage;
  }
  if (!options.tcb_status.empty()) candidate.tcb_status = options.tcb_status;
  const auto file = read_input(options.file, kComposeBytesMax);
  if (!file && file.error().code == "file_too_large") {
    return print({refusal("size", file.error().message + ": dstack reads no more",
                          "shorten it: large files belong into the image")},
                 output);
  }
  if (!file) {
    complain(file.error());
    return kCannotTell;
  }
  if (!options.asks) return print(local_gates(*file, std::nullopt), output);

  candidate.compose_hash = compose_hash(*file);
  auto connection = connect(options.chain);
  if (!connection) {
    Report report = local_gates(*file, std::nullopt);
    report.push_back(unknown("contract", connection.error()));
    return print(report, output);
  }
  const Deployment& deployment = connection->deployment;
  Report report = local_gates(*file, World{deployment.contract, deployment.chain_id});
  const Report answers = contract_gates(*connection->chain, deployment, candidate);
  report.insert(report.end(), answers.begin(), answers.end());
  return print(report, output);
}

}  // namespace dnc::ctl
