// Code that a page shows is code that is compiled.
#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

constexpr std::string_view kFrom = "<!-- from: ";
constexpr std::string_view kFence = "```";

// The file that a line names as the origin of what follows; empty if it names none.
std::string_view origin_in(std::string_view line) {
  if (!line.starts_with(kFrom)) return {};
  return line.substr(kFrom.size(), line.find(" -->") - kFrom.size());
}

bool is_of_the_build(std::string_view fence) {
  return fence == "```cpp" || fence == "```cmake";
}

}  // namespace

Findings check_excerpts(const Source& page,
                        const std::function<std::string(const std::string&)>& read) {
  Findings findings;
  const auto lines = lines_of(page.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_of_the_build(lines[i])) continue;
    const std::size_t begin = i + 1;
    const std::string origin(i > 0 ? origin_in(lines[i - 1]) : "");
    std::string excerpt = "\n";  // whole lines
    for (++i; i < lines.size() && lines[i] != kFence; ++i)
      excerpt += std::string(lines[i]) + "\n";
    if (origin.empty()) {
      findings.push_back({page.path, begin, "an excerpt without <!-- from: FILE --> before it"});
    } else if (("\n" + read(origin)).find(excerpt) == std::string::npos) {
      findings.push_back({page.path, begin, origin + " does not have these lines"});
    }
  }
  return findings;
}

}  // namespace dnc::tidy
