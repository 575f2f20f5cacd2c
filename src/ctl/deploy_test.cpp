// Where the script of the deployment is looked for.
#include "ctl/deploy.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace dnc::ctl {
namespace {

namespace fs = std::filesystem;

class DeployScript : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "dnc-deploy-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  // A checkout with the script, and a folder deep in it.
  fs::path checkout(const std::string& name) const {
    fs::create_directories(folder_ / name / "contracts/script");
    fs::create_directories(folder_ / name / "build/bin");
    std::ofstream(folder_ / name / "contracts/script/deploy.mjs") << "// here\n";
    return folder_ / name;
  }

  fs::path folder_;
};

TEST_F(DeployScript, StandsInAFolderAbove) {
  const fs::path first = checkout("first");
  const fs::path second = checkout("second");
  const auto found = find_deploy_script({first / "build/bin", second});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (first / "contracts/script/deploy.mjs").string()) << "the first place counts";
  EXPECT_EQ(*find_deploy_script({folder_, second}),
            (second / "contracts/script/deploy.mjs").string());
}

TEST_F(DeployScript, IsMissedWithThePlacesWhereItWasSought) {
  fs::create_directories(folder_ / "bin");
  const auto missing = find_deploy_script({folder_ / "bin", folder_});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "no_script");
  EXPECT_NE(missing.error().message.find((folder_ / "bin").string()), std::string::npos);
  EXPECT_NE(missing.error().hint.find("checkout"), std::string::npos);
}

}  // namespace
}  // namespace dnc::ctl
