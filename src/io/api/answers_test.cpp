#include "io/api/answers.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace dnc {
namespace {

TEST(Answers, NumbersAreWrittenAsJsonIs) {
  EXPECT_EQ(numbers_answer({}).body, json_answer(Json::object()).body);
  EXPECT_EQ(numbers_answer({{"seq", 0}}).body, json_answer({{"seq", 0}}).body);
  const HttpResponse answer =
      numbers_answer({{"seq", 7}, {"term", UINT64_MAX}, {"value", 1'000'000}});
  EXPECT_EQ(answer.body,
            json_answer({{"value", 1'000'000}, {"seq", 7}, {"term", UINT64_MAX}}).body);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, json_answer(Json()).content_type);
}

}  // namespace
}  // namespace dnc
