#include "node/service_report.hpp"

#include "io/api/api_test_kit.hpp"
#include "io/net/service_manager_test_kit.hpp"

namespace dnc {
namespace {

class ServiceReportTest : public ::testing::Test {
 protected:
  ServiceReportTest() {
    node_.state.seat = {2};
    node_.state.role = "follower";
    node_.state.term = {4};
    node_.state.leader = SeatView{{1}, {}, {}, "leader"};
  }
  void run(Duration time) {
    const Time end = loop_.now() + time;
    ASSERT_TRUE(test::run_until(loop_, [&] { return loop_.now() >= end; }));
  }
  std::string told() {
    std::string all;
    for (std::string came = socket_.next(); !came.empty(); came = socket_.next())
      all += came;
    return all;
  }

  EventLoop loop_;
  FakeNode node_;
  test::NotifySocket socket_{testing::TempDir() + "report-" + std::to_string(::getpid())};
};

TEST_F(ServiceReportTest, SaysWhatANodeIsInASentence) {
  EXPECT_EQ(sentence_of(node_.state), "seat 2 follows seat 1 in term 4");
  node_.state.leader.reset();
  EXPECT_EQ(sentence_of(node_.state), "seat 2 does not serve, follower: no leader is known");
  node_.state.role = "leader";
  EXPECT_EQ(sentence_of(node_.state), "seat 2 leads term 4");
  node_.state.role = "recovering";
  node_.state.reason = "waiting for the chain";
  EXPECT_EQ(sentence_of(node_.state), "seat 2 does not serve, recovering: waiting for the chain");
}

TEST_F(ServiceReportTest, TellsThatItIsReadyAndEachChange) {
  const ServiceManager manager(socket_.path(), Duration{20});
  ServiceReport report(loop_, node_, manager);
  report.ready();
  const std::string first = told();
  EXPECT_TRUE(first.starts_with("READY=1\nWATCHDOG=1\n")) << first;
  EXPECT_TRUE(first.ends_with("STATUS=seat 2 follows seat 1 in term 4\n")) << first;
  run(Duration{100});
  EXPECT_EQ(told().find("STATUS"), std::string::npos) << "nothing changed";
  node_.state.role = "recovering";
  node_.state.reason = "two\nlines";
  run(Duration{100});
  EXPECT_NE(told().find("STATUS=seat 2 does not serve, recovering: two lines\n"),
            std::string::npos);
}

TEST_F(ServiceReportTest, IsAliveTwiceInTheWatchdogsTimeAsLongAsTheLoopTurns) {
  const ServiceManager manager(socket_.path(), Duration{80});
  ServiceReport report(loop_, node_, manager);
  report.ready();
  told();
  run(Duration{400});
  const std::string alive = told();
  std::size_t times = 0;
  for (auto at = alive.find("WATCHDOG=1"); at != std::string::npos;
       at = alive.find("WATCHDOG=1", at + 1))
    ++times;
  EXPECT_GE(times, 4u) << alive;
  EXPECT_LE(times, 10u) << alive;
  EXPECT_EQ(told(), "") << "the loop stands still";
}

TEST_F(ServiceReportTest, WithoutAWatchdogItOnlyTellsChanges) {
  const ServiceManager manager(socket_.path());
  ServiceReport report(loop_, node_, manager);
  report.ready();
  told();
  run(Duration{50});
  EXPECT_EQ(told(), "");
}

TEST_F(ServiceReportTest, ANewBootIsAReloadAndEverythingElseTheEnd) {
  const ServiceManager manager(socket_.path());
  ServiceReport report(loop_, node_, manager);
  report.ended(Exit::kStopped);
  EXPECT_EQ(told(), "STOPPING=1\n");
  report.ended(Exit::kReboot);
  const std::string reload = told();
  EXPECT_TRUE(reload.starts_with("RELOADING=1\nMONOTONIC_USEC=")) << reload;
  EXPECT_NE(reload.find("\nWATCHDOG=1\n"), std::string::npos) << reload;
}

}  // namespace
}  // namespace dnc
