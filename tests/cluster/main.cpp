#include <gtest/gtest.h>

#include <csignal>

#include "local_world.hpp"
#include "sandbox.hpp"

namespace {

class EndOfWorld : public ::testing::Environment {
 public:
  void TearDown() override { dnc::cluster::LocalWorld::end(); }
};

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleTest(&argc, argv);
  if (::testing::GTEST_FLAG(list_tests)) return RUN_ALL_TESTS();
  return dnc::cluster::run_in_sandbox([] {
    std::signal(SIGPIPE, SIG_IGN);
    ::testing::AddGlobalTestEnvironment(new EndOfWorld);
    return RUN_ALL_TESTS();
  });
}
