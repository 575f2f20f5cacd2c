#include <array>

#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

struct Ban {
  std::string_view word;
  std::string_view instead;
};

constexpr std::array kNotInCore = {
    Ban{"system_clock", "time comes in with the inputs"},
    Ban{"steady_clock", "time comes in with the inputs"},
    Ban{"high_resolution_clock", "time comes in with the inputs"},
    Ban{"clock_gettime", "time comes in with the inputs"},
    Ban{"gettimeofday", "time comes in with the inputs"},
    Ban{"sleep_for", "the core never waits"},
    Ban{"random_device", "use the Prng that the constructor is given"},
    Ban{"mt19937", "use the Prng that the constructor is given"},
    Ban{"rand", "use the Prng that the constructor is given"},
    Ban{"thread", "the core has one thread: its caller's"},
    Ban{"jthread", "the core has one thread: its caller's"},
    Ban{"async", "the core has one thread: its caller's"},
    Ban{"mutex", "the core has one thread: its caller's"},
    Ban{"condition_variable", "the core has one thread: its caller's"},
    Ban{"atomic", "the core has one thread: its caller's"},
    Ban{"getenv", "settings come in with the constructor"},
    Ban{"unordered_map", "its order differs between runs: std::map"},
    Ban{"unordered_set", "its order differs between runs: std::set"},
    Ban{"unordered_multimap", "its order differs between runs: std::multimap"},
    Ban{"unordered_multiset", "its order differs between runs: std::multiset"},
    Ban{"cout", "the core says what it does in its effects"},
    Ban{"cerr", "the core says what it does in its effects"},
    Ban{"fopen", "files are effects"},
    Ban{"ifstream", "files are effects"},
    Ban{"ofstream", "files are effects"},
    Ban{"socket", "messages are effects"},
};

// Written in two parts, or this file would find itself.
constexpr std::array kUnfinished = {std::string_view{"TO"
                                                     "DO"},
                                    std::string_view{"FIX"
                                                     "ME"},
                                    std::string_view{"X"
                                                     "XX"}};
constexpr std::array kMachinePaths = {std::string_view{"/ro"
                                                       "ot/"},
                                      std::string_view{"/wo"
                                                       "rk/"},
                                      std::string_view{"/ho"
                                                       "me/"}};

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool has_word(std::string_view line, std::string_view word) {
  for (auto at = line.find(word); at != std::string_view::npos; at = line.find(word, at + 1)) {
    const bool begins = at == 0 || !is_name_char(line[at - 1]);
    const auto end = at + word.size();
    if (begins && (end == line.size() || !is_name_char(line[end]))) return true;
  }
  return false;
}

// A path from the root of a file system, not the tail of a longer one.
bool has_path(std::string_view line, std::string_view path) {
  for (auto at = line.find(path); at != std::string_view::npos; at = line.find(path, at + 1)) {
    const char before = at == 0 ? ' ' : line[at - 1];
    if (!is_name_char(before) && before != '.' && before != '-' && before != '}') return true;
  }
  return false;
}

}  // namespace

Findings check_core_words(const Source& source) {
  if (!source.path.starts_with("src/core/") || !is_cpp(source) || is_for_tests(source)) return {};
  const std::string code = code_only(source.text);
  Findings findings;
  std::size_t number = 0;
  for (const auto line : lines_of(code)) {
    ++number;
    for (const auto& ban : kNotInCore)
      if (has_word(line, ban.word))
        findings.push_back(
            {source.path, number, "no " + std::string(ban.word) + ": " + std::string(ban.instead)});
  }
  return findings;
}

Findings check_marks(const Source& source) {
  Findings findings;
  std::size_t number = 0;
  for (const auto line : lines_of(source.text)) {
    ++number;
    for (const auto word : kUnfinished)
      if (has_word(line, word))
        findings.push_back({source.path, number, "finish it, or open an issue and say no more"});
    for (const auto path : kMachinePaths)
      if (has_path(line, path))
        findings.push_back({source.path, number, "a path of one machine: " + std::string(path)});
    if (is_cpp(source) && line.find('\t') != std::string_view::npos)
      findings.push_back({source.path, number, "a tab: use blanks"});
  }
  return findings;
}

Findings check(const Source& source) {
  Findings all;
  for (const auto rule :
       {check_includes, check_functions, check_sizes, check_core_words, check_marks}) {
    const Findings found = rule(source);
    all.insert(all.end(), found.begin(), found.end());
  }
  return all;
}

}  // namespace dnc::tidy
