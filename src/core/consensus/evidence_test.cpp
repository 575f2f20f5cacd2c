#include "core/consensus/evidence.hpp"

#include <gtest/gtest.h>

#include "core/consensus/limits.hpp"

namespace dnc {
namespace {

Accept accept_of(std::uint64_t seat, std::uint64_t seq, std::uint64_t generation = 1) {
  Accept accept;
  accept.scope = {{generation}, {1}};
  accept.seq = {seq};
  accept.seat = {seat};
  return accept;
}

SeqNo nearest(const Evidence& evidence, std::uint64_t seq) {
  const auto found = evidence.covering({seq});
  return found.empty() ? SeqNo{} : found.front()->front().seq;
}

TEST(Evidence, CoversWhatLiesBelow) {
  Evidence evidence;
  EXPECT_EQ(nearest(evidence, 1), SeqNo{});
  evidence.note({5}, {accept_of(1, 5)});
  for (std::uint64_t seq = 1; seq <= 5; ++seq)
    EXPECT_EQ(nearest(evidence, seq), SeqNo{5});
  EXPECT_EQ(nearest(evidence, 6), SeqNo{});
}

TEST(Evidence, CommitsCloseTogetherShareIt) {
  Evidence evidence;
  for (std::uint64_t seq = 1; seq <= 1000; ++seq)
    evidence.note({seq}, {accept_of(1, seq)});
  for (std::uint64_t seq = 1; seq <= 1000; ++seq) {
    EXPECT_GE(nearest(evidence, seq), SeqNo{seq});
    EXPECT_LE(nearest(evidence, seq), SeqNo{seq + limits::kEvidenceStride});
  }
  EXPECT_EQ(nearest(evidence, 1000), SeqNo{1000}) << "the newest is never shared";
}

TEST(Evidence, AGenerationKeepsItsLast) {
  Evidence evidence;
  for (std::uint64_t seq = 1; seq <= 3; ++seq)
    evidence.note({seq}, {accept_of(1, seq)});
  evidence.note({4}, {accept_of(1, 4, 2)});
  EXPECT_EQ(nearest(evidence, 3), SeqNo{3});
  EXPECT_EQ(evidence.covering({3}).front()->front().scope.generation, Generation{1});
}

TEST(Evidence, WhatIsTooFarAwayIsOfNoUse) {
  Evidence evidence;
  evidence.note({limits::kReceiptHeadersMax + 1}, {accept_of(1, limits::kReceiptHeadersMax + 1)});
  EXPECT_EQ(nearest(evidence, 1), SeqNo{});
  EXPECT_NE(nearest(evidence, 2), SeqNo{});
}

TEST(Evidence, TheOldestIsForgotten) {
  Evidence evidence;
  const std::uint64_t each = limits::kEvidenceAcceptsMax / 4;
  for (std::uint64_t at = 1; at <= 6; ++at) {
    const SeqNo seq{at * limits::kEvidenceStride};
    evidence.note(seq, std::vector<Accept>(each, accept_of(1, seq.value)));
  }
  EXPECT_EQ(nearest(evidence, 1), SeqNo{3 * limits::kEvidenceStride});
}

TEST(Evidence, WhatIsPrunedHasNone) {
  Evidence evidence;
  for (const std::uint64_t seq : {20, 40, 60})
    evidence.note({seq}, {accept_of(1, seq)});
  evidence.prune_upto({40});
  EXPECT_EQ(nearest(evidence, 1), SeqNo{60});
}

}  // namespace
}  // namespace dnc
