#include "io/base/file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "io/base/random.hpp"

namespace dnc {
namespace {

class File : public testing::Test {
 protected:
  File() {
    std::string name = testing::TempDir() + "file_test.XXXXXX";
    directory_ = ::mkdtemp(name.data());
  }
  ~File() override { std::filesystem::remove_all(directory_); }

  static mode_t mode_of(const std::filesystem::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0);
    return info.st_mode & 07777;
  }

  std::filesystem::path directory_;
};

TEST_F(File, ReadsBackWhatItWrote) {
  const auto path = directory_ / "a";
  const std::string content(100'000, 'x');
  ASSERT_TRUE(write_file(path, content));
  EXPECT_EQ(*read_file(path, content.size()), content);
  ASSERT_TRUE(write_file(path, ""));
  EXPECT_EQ(*read_file(path, 0), "");
}

TEST_F(File, SetsTheMode) {
  ASSERT_TRUE(write_file(directory_ / "secret", "s", kSecretMode));
  EXPECT_EQ(mode_of(directory_ / "secret"), 0600u);
  ASSERT_TRUE(write_file(directory_ / "public", "p"));
  EXPECT_EQ(mode_of(directory_ / "public"), 0644u);
}

TEST_F(File, LeavesNothingBeside) {
  ASSERT_TRUE(write_file(directory_ / "a", "1"));
  ASSERT_TRUE(write_file(directory_ / "a", "2"));
  const std::filesystem::directory_iterator files(directory_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(File, AFailedWriteLeavesTheOldContentAlone) {
  // A directory cannot be replaced by a file.
  ASSERT_TRUE(ensure_directory(directory_ / "d" / "inner"));
  EXPECT_EQ(write_file(directory_ / "d", "x").error().code, "file_failed");
  EXPECT_TRUE(std::filesystem::is_directory(directory_ / "d" / "inner"));
  const std::filesystem::directory_iterator files(directory_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(File, CreatesOnlyOnce) {
  const auto path = directory_ / "a";
  EXPECT_TRUE(*create_file(path, "first", kSecretMode));
  EXPECT_FALSE(*create_file(path, "second", kSecretMode));
  EXPECT_EQ(*read_file(path, 10), "first");
  EXPECT_EQ(mode_of(path), 0600u);
  const std::filesystem::directory_iterator files(directory_);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
  EXPECT_EQ(create_file(directory_ / "no" / "a", "x").error().code, "file_not_found");
}

TEST_F(File, SaysWhyItCannotRead) {
  EXPECT_EQ(read_file(directory_ / "none", 10).error().code, "file_not_found");
  EXPECT_EQ(read_file(directory_, 10).error().code, "file_failed");
  ASSERT_TRUE(write_file(directory_ / "a", "12345"));
  EXPECT_EQ(read_file(directory_ / "a", 4).error().code, "file_too_large");
  EXPECT_EQ(read_file("/dev/zero", 1 << 20).error().code, "file_too_large");
  EXPECT_EQ(write_file(directory_ / "no" / "a", "x").error().code, "file_not_found");
}

TEST_F(File, EnsuresDirectories) {
  const auto deep = directory_ / "x" / "y" / "z";
  ASSERT_TRUE(ensure_directory(deep, 0700));
  EXPECT_EQ(mode_of(deep), 0700u);
  EXPECT_TRUE(ensure_directory(deep));
  EXPECT_EQ(mode_of(deep), 0700u);
  ASSERT_TRUE(write_file(directory_ / "file", "x"));
  EXPECT_FALSE(ensure_directory(directory_ / "file"));
  EXPECT_FALSE(ensure_directory(directory_ / "file" / "below"));
}

TEST(Random, GivesOtherBytesEachTime) {
  const auto first = random_bytes<32>();
  EXPECT_NE(first, random_bytes<32>());
  EXPECT_NE(first, (std::array<std::uint8_t, 32>{}));
  std::vector<std::uint8_t> large(100'000);
  fill_random(large);
  EXPECT_GT(std::count(large.begin(), large.end(), 7), 100);
  fill_random({});
}

}  // namespace
}  // namespace dnc
