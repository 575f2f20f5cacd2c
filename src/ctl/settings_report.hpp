// The settings of clusterctl, shown.
#pragma once

#include <string>
#include <vector>

#include "ctl/report.hpp"

namespace dnc::ctl {

struct SettingRow {
  std::string name;
  std::vector<std::string> values;
  std::string origin;
};

ExitCode show_settings(const std::vector<SettingRow>& rows, bool with_origin, Output output);

}  // namespace dnc::ctl
