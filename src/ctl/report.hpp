// What a command found, gate by gate or part by part, and what that means for a script.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {

// What a script may rely on.
enum ExitCode { kOk = 0, kRefused = 1, kCannotTell = 3, kUsage = 64 };

enum class Verdict { ok, warn, refused, unknown };
std::string_view name_of(Verdict verdict);

struct Finding {
  std::string gate;
  Verdict verdict = Verdict::ok;
  std::string cause;  // what was seen
  std::string next;   // what to do about it, or empty

  bool operator==(const Finding&) const = default;
};
using Report = std::vector<Finding>;

inline Finding passed(std::string gate, std::string cause) {
  return {std::move(gate), Verdict::ok, std::move(cause), {}};
}
inline Finding warning(std::string gate, std::string cause, std::string next) {
  return {std::move(gate), Verdict::warn, std::move(cause), std::move(next)};
}
inline Finding refusal(std::string gate, std::string cause, std::string next) {
  return {std::move(gate), Verdict::refused, std::move(cause), std::move(next)};
}
inline Finding unknown(std::string gate, std::string cause, std::string next) {
  return {std::move(gate), Verdict::unknown, std::move(cause), std::move(next)};
}
inline Finding unknown(std::string gate, const Error& error) {
  return unknown(std::move(gate), error.message, error.hint);
}

// One refusal decides, else one unknown does; warnings decide nothing.
Verdict verdict_of(const Report& report);
ExitCode exit_code_of(const Report& report);

std::string as_table(const Report& report);  // one line for each finding, the next step below it
Json to_json(const Report& report);          // {"verdict", "gates": [{gate, verdict, cause, next}]}
std::string as_json(const Report& report);   // the same as text

enum class Output { table, wide, json };
std::string_view name_of(Output output);
// The report on stdout. Returns its exit code.
ExitCode print(const Report& report, Output output);

// A command that could not do its work: the error on stderr.
void complain(const Error& error);

}  // namespace dnc::ctl
