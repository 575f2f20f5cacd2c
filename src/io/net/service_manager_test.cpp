#include "io/net/service_manager.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "io/net/service_manager_test_kit.hpp"

namespace dnc {
namespace {

std::string fresh_path() {
  static int number = 0;
  return testing::TempDir() + "notify-" + std::to_string(::getpid()) + "-" +
         std::to_string(number++);
}

class ServiceManagerTest : public ::testing::Test {
 protected:
  void TearDown() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"})
      ::unsetenv(name);
  }
};

TEST_F(ServiceManagerTest, HearsWhatItIsTold) {
  test::NotifySocket socket(fresh_path());
  ASSERT_TRUE(socket.bound());
  const ServiceManager manager(socket.path());
  EXPECT_TRUE(manager.present());
  manager.tell("READY=1\nSTATUS=seat 1 leads");
  EXPECT_EQ(socket.next(), "READY=1\nSTATUS=seat 1 leads\n");
  EXPECT_EQ(socket.next(), "");
}

TEST_F(ServiceManagerTest, MayHaveAnAbstractName) {
  const std::string name = "dnc-notify-" + std::to_string(::getpid());
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  ASSERT_EQ(::bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  ServiceManager("@" + name).tell("READY=1");
  char buffer[16];
  EXPECT_EQ(::recv(fd, buffer, sizeof buffer, MSG_DONTWAIT), 7);
  ::close(fd);
}

TEST_F(ServiceManagerTest, IsReadFromTheEnvironment) {
  EXPECT_FALSE(ServiceManager::from_environment().present());
  ::setenv("NOTIFY_SOCKET", "/run/notify", 1);
  ::setenv("WATCHDOG_USEC", "30000000", 1);
  EXPECT_TRUE(ServiceManager::from_environment().present());
  EXPECT_EQ(ServiceManager::from_environment().watchdog(), Duration{30'000});
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  EXPECT_EQ(ServiceManager::from_environment().watchdog(), Duration{30'000});
  ::setenv("WATCHDOG_PID", "1", 1);
  EXPECT_EQ(ServiceManager::from_environment().watchdog(), Duration{0}) << "it looks at another";
}

TEST_F(ServiceManagerTest, NobodyThereIsNoTrouble) {
  ServiceManager().tell("READY=1");
  ServiceManager(fresh_path()).tell("READY=1");
  ServiceManager(std::string(500, 'x')).tell("READY=1");
}

}  // namespace
}  // namespace dnc
