#include <algorithm>

#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

std::string over(std::string_view what, std::size_t size, std::size_t max) {
  return std::string(what) + " has " + std::to_string(size) + ", at most " + std::to_string(max);
}

// Finds function bodies by their braces. A brace opens a function when only namespaces and types
// are around it and a parameter list stands before it since the last ';', '{' or '}'.
class FunctionFinder {
 public:
  FunctionFinder(const Source& source, std::string_view code) : source_(source), code_(code) {}

  Findings run() {
    for (at_ = 0; at_ < code_.size(); ++at_)
      step(code_[at_]);
    finish_function();
    return std::move(findings_);
  }

 private:
  void step(char c) {
    if (c == '\n') ++line_;
    if (depth_in_body_ > 0) return inside_body(c);
    if (c == '{') return open();
    if (c == '}' || c == ';') return end_header();
    if (c == ' ' || c == '\n') return;
    // Behind a body: a ',' goes on with member initialisers that use braces, anything else ends it.
    if (function_begin_ != 0 && header_.empty() && c != ',') finish_function();
    if (header_.empty()) header_begin_ = line_;
    header_ += c;
  }

  void inside_body(char c) {
    if (c == '{') ++depth_in_body_;
    if (c == '}' && --depth_in_body_ == 0) {
      body_end_ = line_;
      header_.clear();
    }
  }

  void open() {
    const bool goes_on = function_begin_ != 0 && (header_.empty() || header_.front() == ',');
    const bool is_function = header_.find('(') != std::string::npos;
    if (goes_on || is_function) {
      if (!goes_on) function_begin_ = header_begin_;
      depth_in_body_ = 1;
    }
    header_.clear();
  }

  void end_header() {
    finish_function();
    header_.clear();
  }

  void finish_function() {
    if (function_begin_ == 0) return;
    const std::size_t size = body_end_ - function_begin_ + 1;
    if (size > kFunctionLinesMax)
      findings_.push_back({source_.path, function_begin_,
                           over("the function's lines: it", size, kFunctionLinesMax)});
    function_begin_ = 0;
  }

  const Source& source_;
  std::string_view code_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  std::string header_;  // the declaration that is being read, without blanks
  std::size_t header_begin_ = 0;
  std::size_t function_begin_ = 0;  // 0: none
  std::size_t body_end_ = 0;
  std::size_t depth_in_body_ = 0;
  Findings findings_;
};

std::size_t columns(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

Findings check_functions(const Source& source) {
  if (!is_cpp(source)) return {};
  const std::string code = code_only(source.text);
  return FunctionFinder(source, code).run();
}

Findings check_sizes(const Source& source) {
  const bool solidity = source.path.ends_with(".sol");
  if (!is_cpp(source) && !solidity && !source.path.ends_with(".sh")) return {};
  const auto lines = lines_of(source.text);
  Findings findings;
  if (lines.size() > kFileLinesMax)
    findings.push_back({source.path, 1, over("the file's lines: it", lines.size(), kFileLinesMax)});
  const std::size_t max = solidity ? kSolidityColumnsMax : kColumnsMax;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    // A Solidity literal cannot be broken over lines where it is hashed.
    if (solidity && lines[i].find('"') != std::string_view::npos) continue;
    if (const std::size_t size = columns(lines[i]); size > max)
      findings.push_back({source.path, i + 1, over("the line's columns: it", size, max)});
  }
  return findings;
}

}  // namespace dnc::tidy
