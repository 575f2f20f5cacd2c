#include "node/attester.hpp"

#include <gtest/gtest.h>

#include "io/dstack/guest_agent_sim_server.hpp"
#include "io/net/net_test_kit.hpp"

namespace dnc {
namespace {

constexpr Duration kShort{300};

// Attester and guest agent on one loop. The agent is the simulator, or holds its answers back.
class AttesterTest : public testing::Test {
 protected:
  void serve(bool answers) {
    server_.emplace(loop_, [this, answers](const HttpRequest& request, const HttpReplier& reply) {
      ++asked_;
      if (answers) {
        reply(answer_guest_request(config_, *keys_, request));
      } else {
        held_.push_back(reply);
      }
    });
    listener_.emplace(loop_, ListenerConfig{.http = &*server_});
    url_ = "http://127.0.0.1:" + std::to_string(listener_->listen("127.0.0.1", 0).value());
  }
  void ask(Attester& attester) {
    attester.attest({}, [this](const Result<Attestation>& made) {
      said_.push_back(made ? "" : made.error().code);
    });
  }
  bool until_said(std::size_t count) {
    return test::run_until(loop_, [&] { return said_.size() >= count; });
  }

  GuestAgentSimConfig config_;
  std::optional<AppKeys> keys_ = issue_app_keys(*PrivateKey::from_bytes(Bytes(32, 9)), {});
  EventLoop loop_;
  std::optional<HttpServer> server_;
  std::optional<Listener> listener_;
  std::vector<HttpReplier> held_;
  std::size_t asked_ = 0;
  std::string url_;
  std::vector<std::string> said_;
};

TEST_F(AttesterTest, AnswersEverybodyInTurn) {
  serve(true);
  Attester attester(loop_, url_);
  for (int i = 0; i < 5; ++i)
    ask(attester);
  EXPECT_TRUE(said_.empty()) << "the loop does not wait for the guest agent";
  ASSERT_TRUE(until_said(5));
  EXPECT_EQ(said_, std::vector<std::string>(5));
  EXPECT_EQ(asked_, 15u) << "what it is, a key and a quote, for each";
}

TEST_F(AttesterTest, TurnsAwayWhatIsMoreThanAFew) {
  serve(false);
  Attester attester(loop_, url_, {.waiting_max = 2, .call_timeout = kShort});
  for (int i = 0; i < 5; ++i)
    ask(attester);
  EXPECT_EQ(said_, (std::vector<std::string>{"overloaded", "overloaded"})) << "and at once";
  ASSERT_TRUE(until_said(5));
  for (std::size_t i = 2; i < 5; ++i)
    EXPECT_EQ(said_[i], "guest_agent_unreachable") << "an agent that hangs holds up nobody";
  ask(attester);
  EXPECT_EQ(said_.size(), 5u) << "there is room again";
}

TEST_F(AttesterTest, WhatWaitedTooLongIsRefusedUnasked) {
  serve(false);
  Attester attester(loop_, url_, {.waits_max = Duration{20}, .call_timeout = kShort});
  for (int i = 0; i < 4; ++i)
    ask(attester);
  ASSERT_TRUE(until_said(4));
  EXPECT_EQ(said_, (std::vector<std::string>{"guest_agent_unreachable", "overloaded", "overloaded",
                                             "overloaded"}));
  EXPECT_EQ(asked_, 1u);
}

TEST_F(AttesterTest, GoesWhileTheGuestAgentHangs) {
  serve(false);
  {
    Attester attester(loop_, url_, {.call_timeout = test::kPatience});
    ask(attester);
    ASSERT_TRUE(test::run_until(loop_, [&] { return asked_ == 1; }));
  }
  EXPECT_LT(loop_.now(), Time{} + test::kPatience) << "nobody waited for the agent";
  EXPECT_TRUE(said_.empty());
}

}  // namespace
}  // namespace dnc
