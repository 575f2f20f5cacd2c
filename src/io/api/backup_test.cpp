#include "io/api/backup.hpp"

#include "core/base/hex.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/backup_test.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"
#include "io/api/api_test_kit.hpp"

namespace dnc {
namespace {

class SnapshotApiTest : public ApiTest {
 protected:
  SnapshotApiTest() {
    node_.backup_reply = made_.backup.head;
    node_.kept = made_.backup.snapshot;
    node_.pruned = {1};
    for (const Block& block : made_.backup.blocks)
      node_.blocks.emplace(block.header.seq, block);
  }

  TestBackup made_{true};
};

TEST_F(SnapshotApiTest, TheHeadSaysWhatThereIsToFetch) {
  const Answer answer = get("/snapshot");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.body["checkpoint"]["seq"], 1);
  EXPECT_EQ(answer.body["checkpoint"]["pieces"], 2);
  EXPECT_EQ(answer.body["first_block"], 2);
  EXPECT_EQ(answer.body["last_block"], 4);
  EXPECT_EQ(answer.body["signers"], Json::parse("[1,3]"));
  const auto head = decode_backup_head(*from_hex(answer.body["head"].get<std::string>()));
  ASSERT_TRUE(head);
  EXPECT_EQ(encode(*head), encode(made_.backup.head));
}

TEST_F(SnapshotApiTest, PiecesAndBlocksAreTheBytesOfTheBackup) {
  for (std::size_t i = 0; i < 2; ++i) {
    const Answer piece = get("/snapshot/pieces/1/" + std::to_string(i));
    EXPECT_EQ(piece.status, 200);
    EXPECT_TRUE(piece.has("Content-Type: application/octet-stream")) << piece.head;
    EXPECT_EQ(piece.text, as_text(made_.backup.snapshot->pieces[i]));
  }
  const Answer answer = get("/snapshot/blocks/3");
  ASSERT_EQ(answer.status, 200);
  Reader in(as_bytes(answer.text));
  EXPECT_EQ(decode_block(in.blob(limits::kBlockBytesMax)), made_.backup.blocks[1]);
  EXPECT_EQ(decode_block(in.blob(limits::kBlockBytesMax)), made_.backup.blocks[2]);
  EXPECT_TRUE(in.at_end());
}

TEST_F(SnapshotApiTest, OneAnswerHoldsAboutAMebibyteOfBlocks) {
  Block large = made_.backup.blocks.back();
  large.body.operations = {{{1}, Bytes(limits::kBatchBytesMax, 1)}};
  for (std::uint64_t seq = 5; seq < 20; ++seq) {
    large.header.seq = {seq};
    node_.blocks.emplace(SeqNo{seq}, large);
  }
  const Answer answer = get("/snapshot/blocks/5");
  EXPECT_EQ(answer.status, 200);
  EXPECT_GE(answer.text.size(), limits::kChunkBytesMax);
  EXPECT_LE(answer.text.size(), limits::kChunkBytesMax + limits::kBlockBytesMax);
}

TEST_F(SnapshotApiTest, WhatIsNotThereHasACauseAndANextStep) {
  expect_error(get("/snapshot/pieces/9/0"), 410, "snapshot_gone");
  expect_error(get("/snapshot/pieces/1/2"), 400, "bad_request");
  expect_error(get("/snapshot/blocks/1"), 410, "pruned");
  expect_error(get("/snapshot/blocks/5"), 404, "not_committed");
  node_.backup_reply = Error{"no_proof", "nothing was committed", "ask another node"};
  expect_error(get("/snapshot"), 503, "no_proof");
  node_.state.silenced = {"revoked", "the seat is revoked", "reinstate it"};
  expect_error(get("/snapshot"), 503, "revoked");
}

TEST_F(SnapshotApiTest, OddPathsAndMethodsAreRefused) {
  for (const char* path :
       {"/snapshot/pieces/", "/snapshot/pieces/1", "/snapshot/pieces/1/", "/snapshot/pieces/1/0/0",
        "/snapshot/pieces/-1/0", "/snapshot/pieces/1/99999999999999999999", "/snapshot/blocks/",
        "/snapshot/blocks/0", "/snapshot/blocks/x", "/snapshot/blocks/2x"})
    expect_error(get(path), 400, "bad_request");
  expect_error(get("/snapshots"), 404, "not_found");
  expect_error(ask("POST", "/snapshot"), 405, "method_not_allowed");
}

}  // namespace
}  // namespace dnc
