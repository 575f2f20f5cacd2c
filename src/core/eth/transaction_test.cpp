#include "core/eth/transaction.hpp"

#include <gtest/gtest.h>

#include "core/base/hex.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/eth/abi.hpp"

namespace dnc {
namespace {

// The first account of every development chain.
PrivateKey sender() {
  return *PrivateKey::from_bytes(
      *from_hex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"));
}

Transaction call() {
  Transaction transaction;
  transaction.chain_id = 8453;
  transaction.nonce = 7;
  transaction.max_priority_fee_per_gas = 1'000'000'000;
  transaction.max_fee_per_gas = 3'000'000'000;
  transaction.gas_limit = 123'456;
  transaction.to = fixed_from_hex<Address>("0x7e57c1057e4000000000000000000000000000c5");
  transaction.value = 1'000'000'000'000'000'000;
  transaction.data =
      AbiEncoder()
          .address(*fixed_from_hex<Address>("0x7e5f4552091a69125d5dfcb7b8c2659029395bdf"))
          .flag(true)
          .call("castVote(address,bool)");
  return transaction;
}

// Expected bytes: cast mktx with the same fields.
TEST(Transaction, SignsACallAsOtherWalletsDo) {
  const SignedTransaction done = sign(call(), sender());
  EXPECT_EQ(to_hex(done.raw),
            "02f8ba82210507843b9aca0084b2d05e008301e240947e57c1057e400000000000000000000000000"
            "0c5880de0b6b3a7640000b8441a419c0c0000000000000000000000007e5f4552091a69125d5dfcb7"
            "b8c2659029395bdf0000000000000000000000000000000000000000000000000000000000000001c0"
            "01a0d988e40f34042181a22c5311934a5386489a5b79a950146a70e63e3ab3e41ce0a04bccafcefc0d"
            "57edd64cb3aebedff77eea5b5bd3ac7b993d724fe152a43d0f68");
  EXPECT_EQ(done.hash, keccak256(done.raw));
}

TEST(Transaction, SignsACreation) {
  Transaction creation;
  creation.chain_id = 31337;
  creation.max_fee_per_gas = 2;
  creation.gas_limit = 21000;
  creation.data = *from_hex("6001600255");
  EXPECT_EQ(to_hex(sign(creation, sender()).raw),
            "02f855827a698080028252088080856001600255c080a07572075218b6d5ac72c60176c149fdda90406"
            "bca133ece0f43aebad6bb2fef9fa01957cd088ab36483c2f73cdf56185598ba5404529c8d2a903e44e2"
            "04a7f3400e");
}

TEST(Transaction, AttachesASignatureMadeElsewhere) {
  const Signature signature = sender().sign(signing_digest(call()));
  EXPECT_EQ(attach(call(), signature).raw, sign(call(), sender()).raw);
  EXPECT_EQ(recover(signing_digest(call()), signature), sender().public_key());
}

}  // namespace
}  // namespace dnc
