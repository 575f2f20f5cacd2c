#include "ctl/sheet.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

using Line = std::vector<std::string>;

bool wants_colour() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  const char* terminal = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && !set("NO_COLOR") && terminal != nullptr &&
         std::string_view(terminal) != "dumb";
}

std::string text_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i)
      row += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
    row.erase(row.find_last_not_of(' ') + 1);
    text += row + "\n";
  }
  return text;
}

}  // namespace

std::string cell_text(const Json& value) {
  if (value.is_null()) return "-";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    return text.empty() ? "-" : text;
  }
  if (!value.is_array()) return dump_json(value);
  std::string list;
  for (const Json& item : value)
    list += (list.empty() ? "" : ",") + cell_text(item);
  return list.empty() ? "-" : list;
}

std::string as_table(const Json& rows, const std::vector<Column>& columns, Output output) {
  std::vector<Column> shown = columns;
  if (output != Output::wide)
    std::erase_if(shown, [](const Column& column) { return column.wide; });
  std::vector<Line> lines(1);
  for (const Column& column : shown)
    lines.front().emplace_back(column.title);
  for (const Json& row : rows) {
    Line line;
    for (const Column& column : shown) {
      const auto found = row.find(std::string(column.field));
      line.push_back(found == row.end() ? "-" : cell_text(*found));
    }
    lines.push_back(std::move(line));
  }
  return text_of(lines);
}

std::string painted(std::string_view word, std::string_view text) {
  if (!wants_colour()) return std::string(text);
  const bool good = word == "healthy" || word == "ok";
  const bool fair = word == "degraded" || word == "warn";
  const char* colour = good ? "\033[32m" : fair ? "\033[33m" : "\033[31m";
  return colour + std::string(text) + "\033[0m";
}

void print(const Json& document) {
  std::printf("%s\n", document.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

}  // namespace dnc::ctl
