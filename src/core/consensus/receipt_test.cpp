// Receipts made by hand, with real keys: what does not hold is refused, and by name.
#include "core/consensus/receipt.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "core/consensus/codec.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/merkle.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {
namespace {

PrivateKey key(std::uint64_t seat, std::uint8_t boot = 1) {
  Bytes secret(32, boot);
  secret[0] = static_cast<std::uint8_t>(seat);
  return PrivateKey::from_bytes(secret).value();
}

// The second of two operations in the first of three blocks, accepted by seats 1 and 3 of three at
// the second and third.
class ReceiptTest : public ::testing::Test {
 protected:
  ReceiptTest() {
    history_.configs[{1}] = {{1}, {2}, {3}};
    for (std::uint64_t seat = 1; seat <= 4; ++seat)
      history_.keys[key(seat).address()] = {seat};
    receipt_.operation = {1, 2, 3};
    receipt_.result = {4, 5, 6};
    receipt_.operation_path = {merkle_leaf(Bytes{7})};
    receipt_.result_path = {merkle_leaf(Bytes{8})};
    receipt_.sides = 1;
    for (std::uint64_t seq = 5; seq < 8; ++seq) {
      BlockHeader header;
      header.generation = {1};
      header.term = {1};
      header.config_nonce = {1};
      header.seq = {seq};
      headers_.push_back(header);
    }
    make();
  }

  // Links the headers, and signs what the receipt's ACCEPTs name.
  void make() {
    const auto root = [&](const Bytes& leaf, const std::vector<Hash>& path) {
      return merkle_climb(merkle_leaf(leaf), path, receipt_.sides);
    };
    headers_[0].ops_root = root(receipt_.operation, receipt_.operation_path);
    headers_[0].result_root = root(receipt_.result, receipt_.result_path);
    receipt_.headers.clear();
    for (std::size_t at = 0; at < headers_.size(); ++at) {
      if (at > 0) headers_[at].prev_hash = block_hash(headers_[at - 1]);
      receipt_.headers.push_back(encode(headers_[at]));
    }
    receipt_.accepts = {signed_by(1, 1), signed_by(3, 2)};
  }
  ReceiptAccept signed_by(std::uint64_t seat, std::size_t at, std::uint8_t boot = 1) const {
    const BlockHeader& header = headers_[at];
    Accept accept{{header.generation, header.config_nonce},
                  header.term,
                  header.seq,
                  block_hash(header),
                  {seat},
                  {1},
                  {}};
    return {accept.seat, accept.epoch, at, key(seat, boot).sign(signing_.accept(accept))};
  }
  std::string refusal() const {
    const auto verified = verify_receipt(receipt_, history_, signing_);
    return verified ? "" : verified.error().code;
  }

  Signing signing_{Eip712Domain{}};
  KeyHistory history_;
  std::vector<BlockHeader> headers_;
  Receipt receipt_;
};

TEST_F(ReceiptTest, AGoodOneHolds) {
  const auto verified = verify_receipt(receipt_, history_, signing_);
  ASSERT_TRUE(verified) << verified.error().message;
  EXPECT_EQ(verified->seq, SeqNo{5});
  EXPECT_EQ(verified->strength, 2U);
}

TEST_F(ReceiptTest, FewerThanAMajorityAreTooFew) {
  receipt_.accepts.pop_back();
  EXPECT_EQ(refusal(), "too_few");
}

TEST_F(ReceiptTest, ASeatSignsOnce) {
  receipt_.accepts = {signed_by(1, 1), signed_by(1, 2)};
  EXPECT_EQ(refusal(), "signer_order");
  receipt_.accepts = {signed_by(3, 1), signed_by(1, 2)};
  EXPECT_EQ(refusal(), "signer_order");
}

TEST_F(ReceiptTest, OnlySeatsOfTheConfigurationCount) {
  receipt_.accepts = {signed_by(1, 1), signed_by(4, 2)};
  EXPECT_EQ(refusal(), "not_of_config");
  history_.configs.clear();
  EXPECT_EQ(refusal(), "unknown_config");
}

TEST_F(ReceiptTest, OnlyKeysThatTheSeatRegisteredCount) {
  receipt_.accepts = {signed_by(1, 1), signed_by(3, 2, 9)};
  EXPECT_EQ(refusal(), "unknown_boot_key");
  receipt_.accepts = {signed_by(1, 1), signed_by(3, 2)};
  history_.keys[key(3).address()] = {2};
  EXPECT_EQ(refusal(), "unknown_boot_key");
}

TEST_F(ReceiptTest, ASignatureOfSomethingElseIsNone) {
  receipt_.accepts[1].header = 1;
  EXPECT_EQ(refusal(), "unknown_boot_key");
  receipt_.accepts[1].signature = {};
  EXPECT_EQ(refusal(), "bad_signature");
}

// An ACCEPT of an older term may be for a block that another leader replaced.
TEST_F(ReceiptTest, AcceptsOfSeveralTermsDoNotAddUp) {
  headers_[2].term = {2};
  make();
  EXPECT_EQ(refusal(), "accept_elsewhere");
  receipt_.accepts = {signed_by(1, 2), signed_by(3, 2)};
  EXPECT_EQ(refusal(), "");
  receipt_.accepts[0].header = 3;
  EXPECT_EQ(refusal(), "accept_elsewhere");
}

TEST_F(ReceiptTest, HeadersAreAChainWithinOneConfiguration) {
  std::swap(receipt_.headers[1], receipt_.headers[2]);
  EXPECT_EQ(refusal(), "broken_chain");
  headers_[2].config_nonce = {2};
  make();
  EXPECT_EQ(refusal(), "broken_chain");
  receipt_.headers[1].pop_back();
  EXPECT_EQ(refusal(), "bad_header");
  receipt_.headers.clear();
  EXPECT_EQ(refusal(), "header_count");
}

TEST_F(ReceiptTest, OnlyABlockWithOperationsHasReceipts) {
  headers_[0].kind = BlockKind::kTermStart;
  make();
  EXPECT_EQ(refusal(), "bad_header");
}

TEST_F(ReceiptTest, OperationAndResultAreWhatTheHeaderSays) {
  const Receipt good = receipt_;
  receipt_.result.push_back(0);
  EXPECT_EQ(refusal(), "not_in_block");
  receipt_ = good;
  receipt_.operation.push_back(0);
  EXPECT_EQ(refusal(), "not_in_block");
  receipt_ = good;
  receipt_.sides = 0;
  EXPECT_EQ(refusal(), "not_in_block");
}

// One tree may be deeper only for who would show a node of it as a leaf.
TEST_F(ReceiptTest, BothWaysUpAreTheSame) {
  receipt_.result_path.push_back(merkle_leaf(Bytes{9}));
  make();
  EXPECT_EQ(refusal(), "not_in_block");
  receipt_.result_path.pop_back();
  receipt_.sides = 3;
  make();
  EXPECT_EQ(refusal(), "not_in_block");
}

}  // namespace
}  // namespace dnc
