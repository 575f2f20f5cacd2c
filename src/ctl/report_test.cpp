#include "ctl/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

const Finding kOkay = passed("size", "12 bytes");
const Finding kWarning = warning("images", "node: no digest", "pin it");
const Finding kNo = refusal("compose-hash", "not allowed", "addComposeHash");
const Finding kWho = unknown("device", "which machine?", "--device");

TEST(Report, OneRefusalDecidesThenOneUnknown) {
  EXPECT_EQ(exit_code_of({kOkay, kWarning}), kOk);
  EXPECT_EQ(exit_code_of({kOkay, kWho}), kCannotTell);
  EXPECT_EQ(exit_code_of({kWho, kNo, kOkay}), kRefused);
  EXPECT_EQ(exit_code_of({}), kOk);
}

TEST(Report, TableHasOneLineForEachGateAndTheNextStepBelow) {
  EXPECT_EQ(as_table({kOkay, kNo}),
            "ok       size          12 bytes\n"
            "refused  compose-hash  not allowed\n"
            "                       -> addComposeHash\n");
}

TEST(Report, JsonCarriesTheSameFacts) {
  const auto json = parse_json(as_json({kWarning, kNo}));
  ASSERT_TRUE(json.ok());
  EXPECT_EQ((*json)["verdict"], "refused");
  ASSERT_EQ((*json)["gates"].size(), 2u);
  EXPECT_EQ((*json)["gates"][0]["verdict"], "warn");
  EXPECT_EQ((*json)["gates"][1]["gate"], "compose-hash");
  EXPECT_EQ((*json)["gates"][1]["cause"], "not allowed");
  EXPECT_EQ((*json)["gates"][1]["next"], "addComposeHash");
}

}  // namespace
}  // namespace dnc::ctl
