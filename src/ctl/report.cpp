#include "ctl/report.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

bool has(const Report& report, Verdict verdict) {
  return std::any_of(report.begin(), report.end(),
                     [&](const Finding& finding) { return finding.verdict == verdict; });
}

std::string padded(std::string_view text, std::size_t width) {
  std::string out(text);
  out.resize(std::max(width, out.size()), ' ');
  return out;
}

}  // namespace

std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::warn:
      return "warn";
    case Verdict::refused:
      return "refused";
    case Verdict::unknown:
      break;
  }
  return "unknown";
}

std::string_view name_of(Output output) {
  switch (output) {
    case Output::wide:
      return "wide";
    case Output::json:
      return "json";
    case Output::table:
      break;
  }
  return "table";
}

Verdict verdict_of(const Report& report) {
  if (has(report, Verdict::refused)) return Verdict::refused;
  return has(report, Verdict::unknown) ? Verdict::unknown : Verdict::ok;
}

ExitCode exit_code_of(const Report& report) {
  switch (verdict_of(report)) {
    case Verdict::refused:
      return kRefused;
    case Verdict::unknown:
      return kCannotTell;
    default:
      return kOk;
  }
}

std::string as_table(const Report& report) {
  std::size_t width = 0;
  for (const auto& finding : report)
    width = std::max(width, finding.gate.size());
  std::string text;
  for (const auto& finding : report) {
    const std::string gate = padded(finding.gate, width);
    text += padded(name_of(finding.verdict), 7) + "  " + gate + "  " + finding.cause + "\n";
    if (!finding.next.empty()) {
      text += std::string(9 + width, ' ') + "  -> " + finding.next + "\n";
    }
  }
  return text;
}

Json to_json(const Report& report) {
  Json gates = Json::array();
  for (const auto& finding : report) {
    gates.push_back({{"gate", finding.gate},
                     {"verdict", name_of(finding.verdict)},
                     {"cause", finding.cause},
                     {"next", finding.next}});
  }
  return {{"verdict", name_of(verdict_of(report))}, {"gates", std::move(gates)}};
}

std::string as_json(const Report& report) {
  return dump_json(to_json(report));
}

ExitCode print(const Report& report, Output output) {
  const std::string text = output == Output::json ? as_json(report) + "\n" : as_table(report);
  std::fputs(text.c_str(), stdout);
  return exit_code_of(report);
}

void complain(const Error& error) {
  std::fprintf(stderr, "clusterctl: %s\n", error.message.c_str());
  if (!error.hint.empty()) std::fprintf(stderr, "  -> %s\n", error.hint.c_str());
}

}  // namespace dnc::ctl
