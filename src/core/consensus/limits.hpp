// Every bound of the protocol, and how they relate. Full means refuse, never grow.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/time.hpp"

namespace dnc::limits {

inline constexpr std::size_t kSeatsMax = 100;                     // counted seats of one cluster
inline constexpr std::size_t kIdempotencyKeyBytesMax = 64;        // Idempotency-Key of a client
inline constexpr std::size_t kCommandBytesMax = 65 * 1024;        // one: 64 KiB and a key
inline constexpr std::size_t kResultBytesMax = 64 * 1024;         // what a service may answer
inline constexpr std::size_t kBatchOpsMax = 1000;                 // operations in a block
inline constexpr std::size_t kBatchBytesMax = 256 * 1024;         // bytes at which a batch is full
inline constexpr std::size_t kBlockBytesMax = 1024 * 1024;        // one encoded block
inline constexpr std::size_t kMessageBytesMax = 4 * 1024 * 1024;  // one encoded message
inline constexpr std::size_t kChunkBytesMax = 1024 * 1024;        // blocks answered to one FETCH
inline constexpr std::size_t kChunkBlocksMax = 2048;
inline constexpr std::size_t kBlocksInFlightMax = 64;       // proposed, not committed
inline constexpr std::size_t kQueuedOpsMax = 20'000;        // waiting at the leader
inline constexpr std::size_t kPendingRequestsMax = 20'000;  // waiting clients of one node
inline constexpr std::size_t kPendingReadsMax = 20'000;
inline constexpr std::size_t kSessionsMax = 65'536;             // remembered idempotency keys
inline constexpr std::size_t kStateBytesMax = 256u << 20;       // one service's state in a snapshot
inline constexpr std::size_t kSnapshotPieceBytes = 256 * 1024;  // all but the last have so many
inline constexpr std::size_t kSnapshotPiecesMax = 2048;
inline constexpr std::size_t kSnapshotPathMax = 32;  // hashes from a piece up to the root
inline constexpr std::size_t kSnapshotsKept = 2;   // on disk, and in memory for those who lack them
inline constexpr std::size_t kPiecesInFlight = 8;  // asked for at the same time
inline constexpr std::uint64_t kGrudgeBlocksMax = 10'000;    // a vote is void after so many commits
inline constexpr std::size_t kReceiptHeadersMax = 64;        // from an operation to its ACCEPTs
inline constexpr std::size_t kEvidenceStride = 16;           // blocks that may share their ACCEPTs
inline constexpr std::size_t kEvidenceAcceptsMax = 262'144;  // kept for receipts
inline constexpr std::size_t kContradictionsMax = 64;        // kept: one for each boot
inline constexpr std::size_t kWitnessStatementsMax = 2 * kSeatsMax + 2;
inline constexpr std::size_t kStatementsRemembered = 64;  // of each seat, to be compared
inline constexpr std::uint64_t kSwitchoverLagMax = 1000;  // blocks that a planned successor lacks
inline constexpr std::uint64_t kAdmissionDepth = 2;       // blocks on top of a new seat's join

static_assert(kEvidenceStride < kReceiptHeadersMax);
static_assert(kBatchBytesMax + kCommandBytesMax + kIdempotencyKeyBytesMax < kBlockBytesMax);
static_assert(kSnapshotPieceBytes < kMessageBytesMax / 2);
static_assert(kStateBytesMax <= kSnapshotPieceBytes * kSnapshotPiecesMax / 2);
static_assert(kChunkBytesMax + 2 * kBlockBytesMax < kMessageBytesMax);

}  // namespace dnc::limits

namespace dnc {

// How long things may take. Only liveness depends on these, never safety.
struct Timing {
  Duration heartbeat_interval{50};
  Duration stall_max{50};            // between two ticks; a longer gap is a stall of this node
  Duration leader_echo_min{200};     // how old the leader's echo may be, between these two by what
  Duration leader_echo_max{750};     // the link shows: older, it does not hear me, or is gone
  Duration peer_silence_max{500};    // a peer not heard for so long does not count as heard
  Duration probe_window{250};        // how long vouchers have to answer
  Duration term_start_max{750};      // a new term has so long to commit; doubles without progress
  Duration backoff_max{8000};        // where the doubling ends
  Duration step_down_max{1000};      // a leader that was told to hand over leads on after this
  Duration forward_stall_max{500};   // a forwarded request older than this is soft evidence
  Duration batch_window{1};          // an operation waits for company, where a block is in flight
  Duration request_timeout{5000};    // a client gets an answer after this at the latest
  Duration resend_interval{200};     // what may have been lost is sent again
  Duration cold_start_after{1500};   // a rebooted node looks for live members so long first
  Duration consent_after{5000};      // when `auto_consent`: then q reports are enough
  Duration chain_retry{4000};        // a chain call that did not show is posted again
  Duration report_rank_delay{2000};  // others post the leader's report after rank times this
  Duration piece_timeout{1000};      // a piece of a snapshot is asked for elsewhere after this
};

// When a leader proposes a checkpoint: after so many blocks, or as many bytes of them as the state
// had at the last one, between two bounds, since a member keeps the blocks since the last but one
// in memory. Followers take one whenever it comes.
struct CheckpointPolicy {
  std::uint64_t blocks = 10'000;
  std::size_t bytes_min = 16u << 20;
  std::size_t bytes_max = 64u << 20;
  std::size_t part_bytes = 2u << 20;  // of the state, taken at one tick
};

}  // namespace dnc
