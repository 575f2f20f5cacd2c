// Seeds of the random mode that failed once, with what they showed.
#include <gtest/gtest.h>

#include "sim/seed_run.hpp"

namespace dnc {
namespace {

class SeedsThatFailed : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SeedsThatFailed, PassNow) {
  const SeedResult result = run_seed({.seed = GetParam()});
  EXPECT_TRUE(result.numbers.passed) << result.what;
}

INSTANTIATE_TEST_SUITE_P(
    Seeds, SeedsThatFailed,
    testing::Values(
        895,    // a REJOIN that too few could judge: only a cold start freed the log
        1012,   // followers that had committed did not repeat the ACCEPT that their leader lacked
        2456,   // a member that held the others' checkpoint, but not its commit, asked for ever
        2818,   // a certificate of a log below the snapshot that had to be taken first
        3223,   // members behind had an older table of seats, and waited for another leader
        3994,   // a boot whose join a re-org undid stood in the log with the epoch of the next
        5478,   // a newcomer judged a snapshot by the contract, which lacked the newest seat
        6935,   // two members had promised a term upon votes that were void for all others
        7248,   // members behind could not show a commit, and tables differed at the logs' ends
        13533,  // a snapshot accepted by a seat that the contract had not been told of
        15203,  // a founder judged by its old log how many must report, and never fetched the new
                // one
        16438,  // a snapshot accepted by a later boot of a seat that the contract had dropped
        18898,  // a join that a re-org undid, shown again and revoked in one block
        26279,  // seats that the contract lacked were no company to one that had reported
        28996,  // a liar's garbage that lied about a read
        31163,  // as 18898, of a seat that was sold
        8766    // a founder booted anew, and the others were shown the report of its former boot
        ));

}  // namespace
}  // namespace dnc
