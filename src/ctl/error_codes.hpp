// Every code with which the product refuses, in plain words, with the next step: the table of
// docs/operations.md. A test holds it against that file, another one against all sources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/report.hpp"

namespace dnc::ctl {

struct CodeInfo {
  std::string_view code;  // of an Error, a custom error of the contract, or a boot gate's reason
  std::string_view where;
  std::string_view cause;
  std::string_view next;
};

// Codes first, then the contract's custom errors, then the reasons of the boot gate.
std::vector<CodeInfo> all_codes();

// Prints one of them. False: there is no such code.
bool explain_code(std::string_view code, Output output);
ExitCode list_codes(Output output);

}  // namespace dnc::ctl
