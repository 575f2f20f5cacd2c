#include "ctl/bytecode.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "io/base/file.hpp"
#include "io/base/json.hpp"

namespace dnc::ctl {
namespace {

namespace fs = std::filesystem;

const Address kHere = *fixed_from_hex<Address>(std::string(40, 'a'));
const std::string kLibrary(40, 'b');
const std::string kMetadata = "a1646970667300ff0007";  // any bytes; the last two are their size

class Bytecode : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("dnc-bytecode-" + std::to_string(::getpid()));
    const std::string slot = "__$0123456789abcdef0123456789abcdef01$__";
    const Json place = {{{"start", 1}, {"length", 20}}};
    write("Thing", {{"object", "0x73" + slot + "6001" + "7f" + std::string(64, '0') + kMetadata},
                    {"linkReferences", {{"src/Lib.sol", {{"Lib", place}}}}},
                    {"immutableReferences", {{"7", {{{"start", 24}, {"length", 32}}}}}}});
    write("Lib", {{"object", "0x73" + std::string(40, '0') + "30146002" + kMetadata},
                  {"linkReferences", Json::object()}});
  }
  void TearDown() override { fs::remove_all(directory_); }

  void write(const std::string& name, const Json& bytecode) const {
    fs::create_directories(directory_ / (name + ".sol"));
    const auto path = directory_ / (name + ".sol") / (name + ".json");
    ASSERT_TRUE(write_file(path, dump_json({{"deployedBytecode", bytecode}})).ok());
  }
  Artifact artifact(const char* name) const { return *read_artifact(directory_.string(), name); }
  static Bytes thing(const std::string& library, const std::string& program = "6001",
                     const std::string& metadata = kMetadata) {
    return *from_hex("73" + library + program + "7f" + std::string(64, '9') + metadata);
  }
  Report compare(const Bytes& code) const {
    return compare_code("thing", artifact("Thing"), kHere, code);
  }

  fs::path directory_;
};

TEST_F(Bytecode, SameProgramWithItsLibraryAndImmutables) {
  const Bytes code = thing(kLibrary);
  const Report report = compare(code);
  ASSERT_EQ(report.size(), 3u);
  EXPECT_EQ(report[0].verdict, Verdict::ok) << report[0].cause;
  EXPECT_EQ(report[1].verdict, Verdict::ok) << report[1].cause;
  EXPECT_EQ(report[2].verdict, Verdict::warn);  // nobody can derive an immutable from the build
  EXPECT_NE(report[2].cause.find("0x9999"), std::string::npos);
  EXPECT_EQ(linked_library(artifact("Thing"), "Lib", code), fixed_from_hex<Address>(kLibrary));
  EXPECT_EQ(linked_library(artifact("Thing"), "Other", code), std::nullopt);
}

TEST_F(Bytecode, NamesThePatchedByte) {
  const Report report = compare(thing(kLibrary, "6002"));
  EXPECT_EQ(report[0].verdict, Verdict::refused);
  EXPECT_EQ(report[0].cause, "byte 22 is 0x02, the build has 0x01");
  EXPECT_EQ(report[1].verdict, Verdict::ok);
}

TEST_F(Bytecode, TellsOtherSourcesFromOtherCode) {
  const Report report = compare(thing(kLibrary, "6001", "a1646970667300fe0007"));
  EXPECT_EQ(report[0].verdict, Verdict::ok);
  EXPECT_EQ(report[1].verdict, Verdict::refused);
}

TEST_F(Bytecode, RefusesNoCodeAndOtherSizes) {
  EXPECT_NE(compare({})[0].cause.find("there is none"), std::string::npos);
  EXPECT_NE(compare({0x00})[0].cause.find("1 bytes"), std::string::npos);
}

TEST_F(Bytecode, ALibraryKnowsItsOwnAddress) {
  const Artifact library = artifact("Lib");
  EXPECT_TRUE(library.is_library);
  const auto code_for = [](const std::string& address) {
    return *from_hex("73" + address + "30146002" + kMetadata);
  };
  const auto verdict = [&](const std::string& address) {
    return verdict_of(compare_code("lib", library, kHere, code_for(address)));
  };
  EXPECT_EQ(verdict(std::string(40, 'a')), Verdict::ok);
  EXPECT_EQ(verdict(std::string(40, 'c')), Verdict::refused);
}

TEST_F(Bytecode, KnowsAClone) {
  const std::string head = "363d3d373d3d3d363d73";
  const std::string tail = "5af43d82803e903d91602b57fd5bf3";
  EXPECT_EQ(clone_target(*from_hex(head + kLibrary + tail)), fixed_from_hex<Address>(kLibrary));
  EXPECT_EQ(clone_target(*from_hex(head + kLibrary + tail + "00")), std::nullopt);
  EXPECT_EQ(clone_target(*from_hex("ff" + head.substr(2) + kLibrary + tail)), std::nullopt);
  EXPECT_EQ(clone_target(*from_hex(head + kLibrary + tail.substr(2) + "00")), std::nullopt);
}

TEST_F(Bytecode, SaysWhichArtifactIsMissingOrBroken) {
  const auto missing = read_artifact(directory_.string(), "Nothing");
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("Nothing.json"), std::string::npos);
  write("Wrong", {{"object", "0x6001"},
                  {"linkReferences", {{"f", {{"Lib", {{{"start", 5}, {"length", 20}}}}}}}}});
  EXPECT_FALSE(read_artifact(directory_.string(), "Wrong").ok());
}

}  // namespace
}  // namespace dnc::ctl
