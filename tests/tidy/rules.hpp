// The rules of the house that a compiler does not check, as functions from a file to findings.
// docs/architecture.md says why they are there.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dnc::tidy {

// A file of the repository; the path is relative to its root.
struct Source {
  std::string path;
  std::string text;
};

struct Finding {
  std::string path;
  std::size_t line;
  std::string what;
};
using Findings = std::vector<Finding>;

inline constexpr std::size_t kFunctionLinesMax = 70;
inline constexpr std::size_t kFileLinesMax = 500;
inline constexpr std::size_t kColumnsMax = 100;
inline constexpr std::size_t kSolidityColumnsMax = 120;  // as forge fmt has it

// The same text with comments, literals and preprocessor lines blanked; lines stay where they are.
std::string code_only(std::string_view text);
std::vector<std::string_view> lines_of(std::string_view text);

bool is_cpp(const Source& source);
// Tests and what only tests include: they may use anything, and nobody else may use them.
bool is_for_tests(const Source& source);

// Who may include whom, and which library is named where.
Findings check_includes(const Source& source);
// Functions (C++), files and lines.
Findings check_functions(const Source& source);
Findings check_sizes(const Source& source);
// What a pure core must not say.
Findings check_core_words(const Source& source);
// Unfinished work, tabs, paths of somebody's machine.
Findings check_marks(const Source& source);

// Code that a page shows must stand in the file that it names, line by line; `read` gives the text
// of a file of the repository.
Findings check_excerpts(const Source& page,
                        const std::function<std::string(const std::string&)>& read);

// The codes with which a file of the product refuses.
std::set<std::string> codes_in(const Source& source);

// What a file of the product logs, by the names of the events.
struct LogEvent {
  std::set<std::string> levels;
  std::set<std::string> fields;
  friend bool operator==(const LogEvent&, const LogEvent&) = default;
};
using LogEvents = std::map<std::string, LogEvent>;
LogEvents events_in(const Source& source);

Findings check(const Source& source);

}  // namespace dnc::tidy
