#include <algorithm>
#include <initializer_list>

#include "tests/tidy/rules.hpp"

namespace dnc::tidy {
namespace {

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Walks a text once; what is not code is overwritten with blanks.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text), code_(text) {}

  std::string run() {
    while (at_ < text_.size())
      step();
    return std::move(code_);
  }

 private:
  void step() {
    if (starts("//")) return blank_to(text_.find('\n', at_));
    if (starts("/*")) return blank_to(past(text_.find("*/", at_ + 2), 2));
    if (starts("R\"") && !follows_name()) return raw_string();
    if (text_[at_] == '"') return literal('"');
    if (text_[at_] == '\'' && !follows_name()) return literal('\'');
    if (text_[at_] == '#' && only_blanks_before()) return directive();
    ++at_;
  }

  bool starts(std::string_view prefix) const { return text_.substr(at_, prefix.size()) == prefix; }

  // True inside a number like 1'000 and behind an encoding prefix.
  bool follows_name() const { return at_ > 0 && is_name_char(text_[at_ - 1]); }

  bool only_blanks_before() const {
    const auto line = text_.rfind('\n', at_) + 1;  // npos + 1 is 0
    return text_.substr(line, at_ - line).find_first_not_of(' ') == std::string_view::npos;
  }

  static std::size_t past(std::size_t found, std::size_t size) {
    return found == std::string_view::npos ? found : found + size;
  }

  void blank_to(std::size_t end) {
    for (end = std::min(end, text_.size()); at_ < end; ++at_)
      if (text_[at_] != '\n') code_[at_] = ' ';
  }

  void literal(char quote) {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n')
      end += text_[end] == '\\' ? 2 : 1;
    blank_to(end + 1);
  }

  void raw_string() {
    const auto open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank_to(open);
    const std::string close = ")" + std::string(text_.substr(at_ + 2, open - at_ - 2)) + "\"";
    blank_to(past(text_.find(close, open), close.size()));
  }

  void directive() {
    std::size_t end = text_.find('\n', at_);
    while (end != std::string_view::npos && text_[end - 1] == '\\')
      end = text_.find('\n', end + 1);
    blank_to(end);
  }

  std::string_view text_;
  std::string code_;
  std::size_t at_ = 0;
};

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> suffixes) {
  for (const auto suffix : suffixes)
    if (path.ends_with(suffix)) return true;
  return false;
}

}  // namespace

std::string code_only(std::string_view text) {
  return Blanker(text).run();
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_cpp(const Source& source) {
  return ends_with_any(source.path, {".cpp", ".hpp"});
}

bool is_for_tests(const Source& source) {
  return source.path.starts_with("tests/") || source.path.starts_with("bench/") ||
         ends_with_any(source.path, {"_test.cpp", "_bench.cpp", "_fuzz.cpp"}) ||
         source.text.find("#include <gtest/") != std::string::npos;
}

}  // namespace dnc::tidy
