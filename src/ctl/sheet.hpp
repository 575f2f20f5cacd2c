// Rows of facts, shown as a table. The rows are the very JSON that programs get, so both say the
// same.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ctl/report.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {

struct Column {
  std::string_view title;
  std::string_view field;  // of each row
  bool wide = false;       // shown with -o wide only
};

// `rows` is an array of objects. A field that is missing or null shows as "-".
std::string as_table(const Json& rows, const std::vector<Column>& columns, Output output);

// The text of one cell: yes and no, numbers, text as it is, lists with commas.
std::string cell_text(const Json& value);

// A word of health or of a verdict in its colour, where stdout is a terminal that wants colours.
std::string painted(std::string_view word, std::string_view text);

// On stdout, indented.
void print(const Json& document);

}  // namespace dnc::ctl
