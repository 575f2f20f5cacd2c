// The ways in which the product names the events of its log.
#include <regex>

#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

struct Way {
  std::regex call;        // up to its opening bracket
  std::string_view path;  // where it is one
  std::string_view level;
  std::set<std::string> fields;  // beside those that the call names
  bool anywhere = false;         // the name is any word of the call, not its first argument
};

const std::vector<Way>& ways() {
  static const std::set<std::string> kError = {"code", "message", "hint"};
  static const std::set<std::string> kNet = {"detail", "suppressed"};
  static const std::vector<Way> kWays = {
      {std::regex("\\blog_debug\\("), "src/", "debug", {}},
      {std::regex("\\blog_info\\("), "src/", "info", {}},
      {std::regex("\\blog_warn\\("), "src/", "warn", {}},
      {std::regex("\\blog_error\\("), "src/", "error", {}},
      {std::regex("\\blog_failure\\("), "src/", "error", kError},
      {std::regex("\\bevent\\("), "src/core/consensus/", "info", {}},
      {std::regex("\\brecord\\("), "src/node/", "info", {}},
      {std::regex("\\b(?:tell|lost)\\("), "src/io/net/", "info", kNet, true},
  };
  return kWays;
}

// What stands between the brackets, of which the first is just before `begin`.
std::string_view arguments_at(std::string_view text, std::size_t begin) {
  int depth = 1;
  bool quoted = false;
  std::size_t at = begin;
  for (; at < text.size() && depth > 0; ++at) {
    if (text[at] == '\\' && quoted) {
      ++at;
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      depth += text[at] == '(' ? 1 : text[at] == ')' ? -1 : 0;
    }
  }
  return text.substr(begin, at - begin);
}

std::set<std::string> matches(std::string_view text, const std::regex& pattern) {
  const std::string copy(text);
  std::set<std::string> found;
  for (std::sregex_iterator it(copy.begin(), copy.end(), pattern), end; it != end; ++it)
    found.insert((*it)[1]);
  return found;
}

}  // namespace

LogEvents events_in(const Source& source) {
  static const std::regex kName("\"([a-z]+(?:_[a-z]+)*)\"");
  static const std::regex kLongName("\"([a-z]+(?:_[a-z]+)+)\"");
  static const std::regex kField("\\{\\s*\"([a-z_]+)\",");
  LogEvents events;
  for (const Way& way : ways()) {
    if (!source.path.starts_with(way.path)) continue;
    const auto& text = source.text;
    for (std::sregex_iterator it(text.begin(), text.end(), way.call), end; it != end; ++it) {
      const auto begin = static_cast<std::size_t>(it->position() + it->length());
      const std::string_view arguments = arguments_at(text, begin);
      const std::size_t comma = std::min(arguments.find(','), arguments.size());
      const auto names =
          way.anywhere ? matches(arguments, kLongName) : matches(arguments.substr(0, comma), kName);
      auto fields = matches(arguments.substr(comma), kField);
      fields.insert(way.fields.begin(), way.fields.end());
      for (const auto& name : names) {
        events[name].levels.insert(std::string(way.level));
        events[name].fields.insert(fields.begin(), fields.end());
      }
    }
  }
  return events;
}

}  // namespace dnc::tidy
