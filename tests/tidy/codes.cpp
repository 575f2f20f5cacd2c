// The ways in which the product names the code of a refusal.
#include <regex>

#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

#define DNC_WORD "\"([a-z][a-z0-9]*(?:_[a-z0-9]+)*)\""

const std::vector<std::regex>& ways() {
  static const std::vector<std::regex> kWays = {
      std::regex("\\bError\\s*(?:\\w+\\s*)?[{(]\\s*" DNC_WORD),
      std::regex("\\berror\\s*=\\s*(?:Error)?\\{\\s*" DNC_WORD),
      std::regex("\\berror_(?:answer|response)\\(\\s*\\d+,\\s*\\{?\\s*" DNC_WORD),
      std::regex("\\b(?:refuse|forged)\\(\\s*(?:\\d+,\\s*)?" DNC_WORD),
      std::regex("\\b(?:complain|failed)\\(\\s*\\{\\s*" DNC_WORD),
      std::regex("\\breturn \\{\\s*" DNC_WORD ","),
      std::regex("\\breturn (?=\"http_)" DNC_WORD),
      std::regex("\\breturn \\{\\w+ == \\w+ \\? " DNC_WORD),
      std::regex("\\{\\s*" DNC_WORD ",\\s*\\d{3},"),  // a row with its HTTP status
      std::regex("\\{Ouster::\\w+,\\s*" DNC_WORD),
      std::regex("\\.code = " DNC_WORD),
      std::regex("\\bcode [!=]= " DNC_WORD),
  };
  return kWays;
}

}  // namespace

std::set<std::string> codes_in(const Source& source) {
  std::set<std::string> codes;
  for (const std::regex& way : ways()) {
    const auto& text = source.text;
    for (std::sregex_iterator it(text.begin(), text.end(), way), end; it != end; ++it)
      codes.insert((*it)[1]);
  }
  return codes;
}

}  // namespace dnc::tidy
