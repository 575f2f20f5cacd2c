#include "core/consensus/echo_rhythm.hpp"

#include <gtest/gtest.h>

namespace dnc {
namespace {

constexpr Timing kTiming;

EchoRhythm after(int echoes, Duration age) {
  EchoRhythm rhythm;
  for (int i = 0; i < echoes; ++i)
    rhythm.note(age, kTiming);
  return rhythm;
}

TEST(EchoRhythmTest, AnUnknownLinkGetsTheLongestWait) {
  EXPECT_EQ(EchoRhythm().late(kTiming), kTiming.leader_echo_max);
  EXPECT_EQ(after(3, Duration(100)).late(kTiming), kTiming.leader_echo_max);
}

TEST(EchoRhythmTest, TheWaitFollowsTheLink) {
  EXPECT_EQ(after(100, Duration(55)).late(kTiming), kTiming.leader_echo_min);
  EXPECT_EQ(after(100, Duration(130)).late(kTiming), Duration(260));
  EXPECT_EQ(after(100, Duration(400)).late(kTiming), kTiming.leader_echo_max);
}

TEST(EchoRhythmTest, ALongSilenceIsRememberedForAWhile) {
  EchoRhythm rhythm = after(100, Duration(110));
  rhythm.note(Duration(240), kTiming);
  EXPECT_EQ(rhythm.late(kTiming), Duration(480));
  for (int echoes = 0; echoes < 20; ++echoes)  // a second
    rhythm.note(Duration(110), kTiming);
  EXPECT_GT(rhythm.late(kTiming), Duration(450));
  for (int echoes = 0; echoes < 1200; ++echoes)  // a minute
    rhythm.note(Duration(110), kTiming);
  EXPECT_LT(rhythm.late(kTiming), Duration(230));
}

TEST(EchoRhythmTest, AnOutageSaysNothingOfTheLink) {
  EchoRhythm rhythm = after(100, Duration(110));
  rhythm.note(Duration(20'000), kTiming);
  EXPECT_EQ(rhythm.late(kTiming), Duration(220));
}

}  // namespace
}  // namespace dnc
