// Every error that the contract can give has an explanation, and no explanation is of another.
#include "ctl/contract_refusals.hpp"

#include <gtest/gtest.h>

#include <set>

#include "io/chain/contract_errors.hpp"

namespace dnc::ctl {
namespace {

TEST(ContractRefusals, EachKnownErrorIsExplainedOnce) {
  std::multiset<std::string_view> errors;
  std::multiset<std::string_view> explained;
  for (const auto signature : known_contract_errors())
    errors.insert(revert_name(signature));
  for (const ContractRefusal& known : contract_refusals()) {
    explained.insert(known.name);
    EXPECT_FALSE(known.cause.empty()) << known.name;
    EXPECT_FALSE(known.next.empty()) << known.name;
  }
  EXPECT_EQ(errors, explained);
}

TEST(ContractRefusals, ANameIsFoundInASentenceAndOnlyWhole) {
  const auto* found = contract_refusal_in("the contract refuses: NotOperator(3, 0x12)");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->name, "NotOperator");
  EXPECT_EQ(contract_refusal_in("TooFewAccepts(1, 2)")->name, "TooFewAccepts");
  EXPECT_EQ(contract_refusal_in("ANotOperator(3)"), nullptr);
  EXPECT_EQ(contract_refusal_in("out of gas"), nullptr);
}

TEST(ContractRefusals, WhatNobodyExplainedIsShownAsItIs) {
  const Finding finding = contract_refuses("unknown error 0x12345678");
  EXPECT_EQ(finding.verdict, Verdict::refused);
  EXPECT_EQ(finding.cause, "unknown error 0x12345678");
  EXPECT_FALSE(finding.next.empty());
}

}  // namespace
}  // namespace dnc::ctl
