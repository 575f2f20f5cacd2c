#include "core/crypto/sha384.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"

namespace dnc {
namespace {

TEST(Sha384, TheStandardsVectors) {
  EXPECT_EQ(to_hex(sha384({}).view()),
            "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
            "274edebfe76f65fbd51ad2f14898b95b");
  EXPECT_EQ(to_hex(sha384(as_bytes("abc")).view()),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
            "8086072ba1e7cc2358baeca134c825a7");
}

}  // namespace
}  // namespace dnc
