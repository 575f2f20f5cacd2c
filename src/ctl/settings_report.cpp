#include "ctl/settings_report.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "ctl/sheet.hpp"

namespace dnc::ctl {

ExitCode show_settings(const std::vector<SettingRow>& rows, bool with_origin, Output output) {
  Json list = Json::array();
  for (const SettingRow& row : rows) {
    Json item = {{"setting", row.name}, {"value", row.values}};
    if (with_origin) item["origin"] = row.origin;
    list.push_back(std::move(item));
  }
  if (output == Output::json) {
    print(Json{{"settings", std::move(list)}});
    return kOk;
  }
  std::vector<Column> columns = {{"SETTING", "setting"}, {"VALUE", "value"}};
  if (with_origin) columns.push_back({"ORIGIN", "origin"});
  std::fputs(as_table(list, columns, output).c_str(), stdout);
  return kOk;
}

}  // namespace dnc::ctl
