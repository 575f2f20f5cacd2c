#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "ctl/interrupt.hpp"
#include "ctl/pacer.hpp"
#include "ctl/perf_figures.hpp"

namespace dnc::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr PerfProfile kTen{"ten", 2, 10};

PerfSamples samples_of(std::size_t count, milliseconds latency) {
  PerfSamples samples;
  samples.latencies.assign(count, latency);
  return samples;
}

// The verdict of each check, P or F, in their order, then that of all.
std::string verdicts(PerfSamples samples, Micros took, const PerfProfile& profile = kTen) {
  const PerfFigures figures = figures_of(samples, took);
  const Json result = judge(profile, samples, figures, took);
  std::string text;
  for (const Json& check : result["checks"]) {
    text += check["verdict"].get<std::string>().front();
    EXPECT_EQ(check["next"] == "", check["verdict"] == "PASS") << "a failure says what to do";
  }
  return text + " " + result["verdict"].get<std::string>();
}

TEST(CheckPerf, FiguresAreThoseOfTheLatencies) {
  PerfSamples samples;
  for (int ms = 100; ms >= 1; --ms)
    samples.latencies.push_back(milliseconds(ms));
  const PerfFigures figures = figures_of(samples, seconds(20));
  EXPECT_EQ(figures.confirmed, 100u);
  EXPECT_DOUBLE_EQ(figures.per_second, 5);
  EXPECT_DOUBLE_EQ(figures.p50_ms, 50);
  EXPECT_DOUBLE_EQ(figures.p99_ms, 99);
  EXPECT_DOUBLE_EQ(figures.max_ms, 100);
  EXPECT_NEAR(figures.mean_ms, 50.5, 1e-9);
  EXPECT_NEAR(figures.deviation_ms, 28.866, 0.001);
}

TEST(CheckPerf, PercentilesOfFewAreOneOfThem) {
  PerfSamples samples;
  samples.latencies = {milliseconds(7)};
  EXPECT_DOUBLE_EQ(figures_of(samples, seconds(1)).p50_ms, 7);
  samples.latencies = {milliseconds(9), milliseconds(3)};
  const PerfFigures two = figures_of(samples, seconds(1));
  EXPECT_DOUBLE_EQ(two.p50_ms, 3);
  EXPECT_DOUBLE_EQ(two.p99_ms, 9);
}

TEST(CheckPerf, EachLimitDecidesByItself) {
  EXPECT_EQ(verdicts(samples_of(100, milliseconds(5)), seconds(10)), "PPPP PASS");
  EXPECT_EQ(verdicts(samples_of(91, milliseconds(5)), seconds(10)), "PPPP PASS");
  EXPECT_EQ(verdicts(samples_of(90, milliseconds(5)), seconds(10)), "FPPP FAIL");
  EXPECT_EQ(verdicts(samples_of(100, milliseconds(500)), seconds(10)), "PPPP PASS");
  EXPECT_EQ(verdicts(samples_of(100, milliseconds(501)), seconds(10)), "PFPP FAIL");
  PerfSamples uneven = samples_of(60, milliseconds(1));
  uneven.add(samples_of(40, milliseconds(300)));
  EXPECT_EQ(verdicts(uneven, seconds(10)), "PPFP FAIL");
  PerfSamples broken = samples_of(100, milliseconds(5));
  broken.errors["timeout"] = 1;
  EXPECT_EQ(verdicts(broken, seconds(10)), "PPPF FAIL");
}

TEST(CheckPerf, NothingConfirmedPassesNothing) {
  PerfSamples none;
  none.errors["http_unreachable"] = 3;
  EXPECT_EQ(verdicts(none, seconds(10)), "FFFF FAIL");
  EXPECT_EQ(verdicts({}, seconds(10)), "FFFP FAIL");
}

TEST(CheckPerf, TheDocumentSaysWhatWasAskedAndMeasured) {
  PerfSamples samples = samples_of(100, milliseconds(5));
  samples.errors["timeout"] = 2;
  const PerfFigures figures = figures_of(samples, seconds(10));
  const Json result = judge(kTen, samples, figures, seconds(10));
  EXPECT_EQ(result["profile"], "ten");
  EXPECT_EQ(result["connections"], 2);
  EXPECT_EQ(result["wanted_per_second"], 10);
  EXPECT_EQ(result["per_second"], 10.0);
  EXPECT_EQ(result["seconds"], 10.0);
  EXPECT_EQ(result["errors"], Json({{"timeout", 2}}));
  EXPECT_EQ(result["latency_ms"]["p99"], 5.0);
  EXPECT_EQ(result["checks"][0]["limit"], "above 9");
}

TEST(CheckPerf, SamplesOfAllConnectionsCount) {
  PerfSamples all = samples_of(1, milliseconds(1));
  all.errors["timeout"] = 1;
  PerfSamples more = samples_of(2, milliseconds(2));
  more.errors = {{"timeout", 2}, {"no_leader", 1}};
  all.add(std::move(more));
  EXPECT_EQ(all.latencies.size(), 3u);
  EXPECT_EQ(all.errors, (std::map<std::string, std::uint64_t>{{"no_leader", 1}, {"timeout", 3}}));
}

TEST(Pacer, WritesAreDueEvenly) {
  Pacer pacer(4, seconds(1));
  for (int turn = 0; turn < 4; ++turn) {
    const auto next = pacer.next(milliseconds(0));
    ASSERT_TRUE(next);
    EXPECT_EQ(next->number, static_cast<std::uint64_t>(turn));
    EXPECT_EQ(next->due, milliseconds(250 * turn));
  }
  EXPECT_FALSE(pacer.next(milliseconds(0))) << "the fifth is due when the time is over";
}

TEST(Pacer, WhoIsLateGetsTheNextOneUntilTheTimeIsOver) {
  Pacer pacer(1000, seconds(1));
  EXPECT_EQ(pacer.next(milliseconds(900))->due, milliseconds(0));
  EXPECT_EQ(pacer.next(milliseconds(999))->due, milliseconds(1));
  EXPECT_FALSE(pacer.next(milliseconds(1000)));
}

TEST(Interrupt, IsAskedOnceASignalCame) {
  {
    const Interrupt interrupt;
    EXPECT_FALSE(Interrupt::asked());
    std::raise(SIGTERM);
    EXPECT_TRUE(Interrupt::asked());
  }
  const Interrupt again;
  EXPECT_FALSE(Interrupt::asked());
}

}  // namespace
}  // namespace dnc::ctl
