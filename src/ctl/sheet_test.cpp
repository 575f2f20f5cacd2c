#include "ctl/sheet.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace dnc::ctl {
namespace {

const std::vector<Column> kColumns = {{"SEAT", "seat"}, {"WHO", "who", true}, {"UP", "up"}};

TEST(Sheet, WideShowsWhatTheTableLeavesOut) {
  const Json rows = {{{"seat", 1}, {"who", "ann"}, {"up", true}},
                     {{"seat", 20}, {"who", nullptr}, {"up", false}}};
  EXPECT_EQ(as_table(rows, kColumns, Output::table), "SEAT  UP\n1     yes\n20    no\n");
  EXPECT_EQ(as_table(rows, kColumns, Output::wide),
            "SEAT  WHO  UP\n1     ann  yes\n20    -    no\n");
  EXPECT_EQ(as_table(Json::array(), kColumns, Output::table), "SEAT  UP\n");
}

TEST(Sheet, CellsAreTheWordsOfTheJson) {
  EXPECT_EQ(cell_text(nullptr), "-");
  EXPECT_EQ(cell_text(""), "-");
  EXPECT_EQ(cell_text(12), "12");
  EXPECT_EQ(cell_text(Json{"a", 2, true}), "a,2,yes");
  EXPECT_EQ(cell_text(Json::array()), "-");
}

}  // namespace
}  // namespace dnc::ctl
