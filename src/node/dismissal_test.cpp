#include "node/dismissal.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

TEST(Dismissal, EveryCauseHasACodeAndANextStep) {
  EXPECT_EQ(explain(Ouster::kNone, {3}).code, "");
  for (int ouster = 1; ouster <= static_cast<int>(Ouster::kDiverged); ++ouster) {
    const Error words = explain(static_cast<Ouster>(ouster), {3});
    EXPECT_NE(words.code, "") << ouster;
    EXPECT_NE(words.message, "") << ouster;
    EXPECT_NE(words.hint, "") << ouster;
    EXPECT_EQ(words.hint.find("SEAT"), std::string::npos) << words.hint;
  }
}

TEST(Dismissal, ABypassNamesTheSeatAndWhatToDo) {
  const Error words = explain_bypass({{3}, {7}, {}});
  EXPECT_EQ(words.code, "notary_bypassed");
  EXPECT_NE(words.message.find("seat 3 in its boot 7"), std::string::npos) << words.message;
  EXPECT_NE(words.hint.find("clusterctl revoke 3."), std::string::npos) << words.hint;
}

TEST(Dismissal, OnlyWhatWasUndoneBringsANodeBack) {
  Address ours;
  ours.bytes.fill(1);
  ChainView view;
  view.seats.resize(1);
  view.seats[0].identity.seat = {3};
  view.seats[0].operator_ = ours;
  EXPECT_TRUE(may_return(Ouster::kOperatorExpired, {3}, ours, view));
  EXPECT_TRUE(may_return(Ouster::kRevoked, {3}, ours, view));
  EXPECT_FALSE(may_return(Ouster::kLeft, {3}, ours, view)) << "leaving is for good";
  EXPECT_FALSE(may_return(Ouster::kReplaced, {3}, ours, view));
  EXPECT_FALSE(may_return(Ouster::kSuperseded, {3}, ours, view));
  view.seats[0].revoked = true;
  EXPECT_FALSE(may_return(Ouster::kRevoked, {3}, ours, view));
  view.seats[0].revoked = false;
  view.seats[0].operator_ = {};
  EXPECT_FALSE(may_return(Ouster::kOperatorChanged, {3}, ours, view));
}

}  // namespace
}  // namespace dnc
