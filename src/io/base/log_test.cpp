#include "io/base/log.hpp"

#include <gtest/gtest.h>
#include <stdio.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

namespace dnc {
namespace {

class Log : public testing::Test {
 protected:
  Log() : file_(std::tmpfile()) {}
  ~Log() override {
    configure_log({});
    std::fclose(file_);
  }

  void configure(LogLevel level, LogFormat format) {
    configure_log({level, format, ::fileno(file_)});
  }

  std::string written() {
    std::string text(1 << 20, '\0');
    text.resize(static_cast<std::size_t>(::pread(::fileno(file_), text.data(), text.size(), 0)));
    return text;
  }

 private:
  FILE* file_;
};

TEST_F(Log, WritesOneLineForAPerson) {
  configure(LogLevel::info, LogFormat::text);
  log_info("leader_elected", {{"term", Term{4}},
                              {"seat", Seat{2}},
                              {"delta", -3},
                              {"late", false},
                              {"note", "two words"},
                              {"key", Address{}}});
  const std::string line = written();
  // 2026-08-07T12:00:00.123Z
  ASSERT_GT(line.size(), 25u);
  EXPECT_EQ(line[10], 'T');
  EXPECT_EQ(line[23], 'Z');
  EXPECT_EQ(line.substr(25),
            "info  leader_elected term=4 seat=2 delta=-3 late=false "
            "note=\"two words\" key=0x" +
                std::string(40, '0') + "\n");
}

TEST_F(Log, WritesOneLineForAProgram) {
  configure(LogLevel::debug, LogFormat::json);
  log_warn("disk_slow", {{"millis", 12u}, {"path", "/a b\"c\n"}, {"bytes", "\xff"}});
  const auto json = nlohmann::json::parse(written());
  EXPECT_EQ(json["level"], "warn");
  EXPECT_EQ(json["event"], "disk_slow");
  EXPECT_EQ(json["millis"], 12);
  EXPECT_EQ(json["path"], "/a b\"c\n");
  EXPECT_EQ(json["time"].get<std::string>().back(), 'Z');
}

TEST_F(Log, NobodyForgesALine) {
  configure(LogLevel::info, LogFormat::text);
  log_info("peer_said", {{"text", "x\n2026 error fake seat=1 \x1b[31m"}});
  const std::string text = written();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1);
  EXPECT_NE(text.find("\"x\\n2026 error fake seat=1 \\x1b[31m\""), std::string::npos);
}

TEST_F(Log, ClipsWhatIsLong) {
  configure(LogLevel::info, LogFormat::text);
  log_info("peer_said", {{"text", std::string(100'000, 'x')}});
  EXPECT_LT(written().size(), 3000u);
}

TEST_F(Log, KeepsSilentBelowItsLevel) {
  configure(LogLevel::warn, LogFormat::text);
  EXPECT_FALSE(log_enabled(LogLevel::info));
  log_info("nothing");
  EXPECT_EQ(written(), "");
  log_failure("broken", Error{"disk_full", "no space", "delete something"});
  EXPECT_NE(written().find("error broken code=disk_full message=\"no space\""), std::string::npos);
}

TEST_F(Log, NamesLevels) {
  EXPECT_EQ(log_level_from("warn"), LogLevel::warn);
  EXPECT_FALSE(log_level_from("loud"));
}

TEST_F(Log, KeepsLinesOfThreadsApart) {
  configure(LogLevel::info, LogFormat::json);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([thread] {
      for (int i = 0; i < 100; ++i)
        log_info("tick", {{"thread", thread}, {"i", i}});
    });
  }
  for (auto& thread : threads)
    thread.join();
  std::istringstream lines(written());
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
  EXPECT_EQ(count, 400);
}

}  // namespace
}  // namespace dnc
