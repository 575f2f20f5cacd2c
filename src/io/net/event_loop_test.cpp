#include "io/net/event_loop.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <vector>

#include "io/net/net_log.hpp"
#include "io/net/net_test_kit.hpp"

namespace dnc {
namespace {

using test::run_until;

TEST(EventLoop, RunsWhatIsPostedInOrder) {
  EventLoop loop;
  std::vector<int> order;
  loop.post([&] { order.push_back(1); });
  loop.post([&] { order.push_back(2); });
  loop.post([&] { loop.stop(); });
  EXPECT_TRUE(order.empty());
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(EventLoop, TakesPostsFromOtherThreads) {
  EventLoop loop;
  int count = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 1000; ++j)
        loop.post([&] { ++count; });
    });
  }
  EXPECT_TRUE(run_until(loop, [&] { return count == 4000; }));
  for (auto& thread : threads)
    thread.join();
}

TEST(EventLoop, StopBeforeRunIsNotForgotten) {
  EventLoop loop;
  loop.stop();
  loop.run();
  SUCCEED();
}

TEST(EventLoop, TimersFireInTheOrderOfTheirDelays) {
  EventLoop loop;
  std::vector<int> order;
  const Timer late = loop.after(Duration{20}, [&] { order.push_back(2); });
  const Timer early = loop.after(Duration{5}, [&] { order.push_back(1); });
  const Time start = loop.now();
  EXPECT_TRUE(run_until(loop, [&] { return order.size() == 2; }));
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  EXPECT_GE(loop.now() - start, Duration{19});
}

TEST(EventLoop, ACancelledTimerNeverFires) {
  EventLoop loop;
  int fired = 0;
  Timer cancelled = loop.after(Duration{1}, [&] { ++fired; });
  {
    const Timer dropped = loop.after(Duration{1}, [&] { ++fired; });
  }
  Timer replaced = loop.after(Duration{1}, [&] { ++fired; });
  replaced = Timer();
  cancelled.cancel();
  EXPECT_FALSE(cancelled.pending());
  bool over = false;
  const Timer end = loop.after(Duration{20}, [&] { over = true; });
  EXPECT_TRUE(run_until(loop, [&] { return over; }));
  EXPECT_EQ(fired, 0);
}

TEST(EventLoop, ATimerMayReplaceItself) {
  EventLoop loop;
  int fired = 0;
  Timer timer;
  std::function<void()> again = [&] {
    if (++fired < 5) timer = loop.after(Duration{1}, again);
  };
  timer = loop.after(Duration{1}, again);
  EXPECT_TRUE(run_until(loop, [&] { return fired == 5; }));
}

TEST(EventLoop, ReportsSignals) {
  EventLoop loop;
  std::vector<int> seen;
  loop.on_signal([&](int signal) { seen.push_back(signal); });
  loop.post([] { std::raise(SIGTERM); });
  EXPECT_TRUE(run_until(loop, [&] { return seen.size() == 1; }));
  loop.post([] { std::raise(SIGINT); });
  EXPECT_TRUE(run_until(loop, [&] { return seen.size() == 2; }));
  EXPECT_EQ(seen, (std::vector<int>{SIGTERM, SIGINT}));
}

TEST(LimitedLog, CountsWhatItSwallows) {
  std::vector<std::uint64_t> suppressed;
  LimitedLog log([&](const NetEvent& event) { suppressed.push_back(event.suppressed); });
  for (int i = 0; i < 12; ++i)
    log.tell(Time{5'000}, "code", "detail");
  EXPECT_EQ(suppressed.size(), 5u);
  log.tell(Time{5'500}, "other", "detail");
  EXPECT_EQ(suppressed.size(), 6u);
  log.tell(Time{6'000}, "code", "detail");
  ASSERT_EQ(suppressed.size(), 7u);
  EXPECT_EQ(suppressed.back(), 7u);
}

}  // namespace
}  // namespace dnc
