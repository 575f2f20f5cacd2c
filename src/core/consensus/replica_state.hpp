// What a replica remembers between steps, and its phases: private to the files that implement them.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/consensus/contradiction.hpp"
#include "core/consensus/evidence.hpp"
#include "core/consensus/executor.hpp"
#include "core/consensus/log.hpp"
#include "core/consensus/obedience.hpp"
#include "core/consensus/peer.hpp"
#include "core/consensus/pending.hpp"
#include "core/consensus/replica.hpp"

namespace dnc {

inline constexpr const char* kBehind = "its log ends before the others' begin";
inline constexpr const char* kEpochTaken = "an earlier boot of this seat took the epoch";

struct Replica::State {
  State(const ReplicaConfig& config, Recovered recovered, Notary& notary, const Verifier& verifier,
        StateMachine& service, Prng prng);

  // --- The world outside ---
  const ReplicaConfig config;
  Notary& notary;
  const Verifier& verifier;
  const Signing signing;
  Prng prng;
  const Identity self;
  Time now{0};                 // what all waiting is measured with
  std::optional<Time> ticked;  // the world's time at the last tick
  std::uint64_t utc_ms = 0;
  Effects effects;  // of the current step

  // --- Log and state ---
  Log log;
  Executor executor;
  SeqNo commit_seq;
  Evidence receipt_evidence;
  DiskBatch batch;          // collected during the current step
  bool sync_wanted = true;  // a token for what is on disk is wanted, even if nothing is written
  std::uint64_t batches = 0;
  std::optional<DurabilityToken> token;  // of the newest synced batch
  bool damaged = false;
  Term promised;  // newest promise written or being written
  bool commit_unsaved = false;
  bool commit_news = false;  // followers have not been told

  // --- Checkpoints ---
  struct Taking {  // of the state at the head, for the block that is to be made or judged
    LogHead at;
    Capture work;
    bool done = false;
  };
  std::optional<Taking> taking;
  std::optional<Snapshot> capture;       // what it came to; empty where that is too large
  std::optional<LogHead> checkpoint_at;  // as a follower: where the leader's checkpoint is due
  Time taking_at{kNever};                // when the last part was taken
  std::deque<Block> held_back;           // a checkpoint that waits for it, and what came behind
  std::deque<SnapshotPtr> captures;      // of checkpoints in the log that are not committed
  std::deque<SnapshotPtr> snapshots;     // of the newest committed ones, oldest first
  std::size_t bytes_since_checkpoint = 0;
  bool state_too_large = false;

  // --- Standing and term ---
  Standing standing = Standing::kRecovering;
  std::string reason;
  Ouster ouster = Ouster::kNone;
  Generation generation;
  ConfigNonce config_nonce{1};  // with which `generation` began
  Roster founded;               // of `generation`, until its first block says the same
  SeqNo founded_after;
  Term term;               // highest that is promised or entered
  bool entered = false;    // the leader of `term` is known and verified
  Identity leader;         // of `term`, when entered
  bool leading = false;    // I lead, and hear a quorum
  bool announced = false;  // my first block is durable and may be shown
  LogHead chosen;          // where the term's log begins: its first block is the next one
  std::optional<NewTerm> certificate;
  std::optional<Block> opening;    // the first block of the term that `certificate` is of
  bool mid_term = false;           // I was admitted inside it: its first block is behind me
  Term accepting;                  // last term entered: what is durable of it may still be accepted
  LogHead accepted;                // newest ACCEPT of mine in it
  std::map<Seat, Accept> accepts;  // newest of each seat, in this term
  Time term_since{0};              // adopted or entered
  bool term_progress = false;      // something committed in it
  std::uint32_t backoff = 0;       // doublings of patience
  Time stepped_down{kNever};       // when I asked to be voted out of `term`

  // --- Peers ---
  std::map<Seat, Peer> peers;
  std::deque<std::pair<std::uint64_t, Time>> nonces;  // sent in heartbeats, oldest first
  Time heartbeat_at{0};
  Time resend_at{0};

  // --- Clients ---
  std::map<Bytes, PendingWrite> writes;
  std::deque<std::pair<Time, Bytes>> write_deadlines;
  std::deque<Operation> queue;  // at the leader
  std::set<Bytes> queued_keys;
  std::size_t queued_bytes = 0;
  Time queue_since{0};
  std::deque<Proposed> proposed;             // by me, in this term, and not committed
  std::chrono::microseconds commit_time{0};  // from proposal to commit, smoothed
  std::uint64_t made_keys = 0;
  struct ReadRound {
    std::uint64_t nonce = 0;  // 0: none under way
    Time sent{0};
    SeqNo index;  // leader: commit when it began; follower: what was granted
    bool granted = false;
    std::set<Seat> acks;
    std::vector<PendingRead> reads;
  };
  std::vector<PendingRead> reads_waiting;
  ReadRound read_round;

  // --- Term change ---
  std::map<Seat, NoConfidence> votes;    // newest of each seat
  std::vector<NoConfidence> term_votes;  // that made `term`
  bool grant_due = false;
  std::optional<Grant> my_grant;
  std::map<Seat, Grant> grants;  // for `term`, naming me
  std::optional<NewTermMessage> staged_term;
  struct Suspicion {
    std::uint64_t nonce = 0;  // 0: no probe under way
    std::string why;
    bool ordered = false;  // by the operator: whatever the evidence says
    Time since{0};
    Time sent{0};
    std::set<Seat> vouchers;
    Time quiet_until{0};
  } suspicion;

  // --- Catch-up ---
  struct Staging {
    Seat source;
    LogHead base;                           // my commit when it began, or the checkpoint
    std::optional<BlockHeader> checkpoint;  // offered in place of pruned blocks
    std::optional<LogHead> target;          // none: up to what is certified
    std::vector<Block> blocks;
    std::vector<Hash> hashes;
    std::optional<RosterHistory> rosters;  // that the chain implies; none before its state is here
    Time asked{kNever};
    std::uint32_t unanswered = 0;  // asked so often since the last news

    SeqNo end() const { return {base.seq.value + blocks.size()}; }
  };
  std::optional<Staging> staging;
  std::map<Seat, Time> fruitless;  // sources that promised blocks and sent none, and when
  struct Transfer {  // of the state at a certified checkpoint, from any source that has it
    BlockHeader checkpoint;
    Staging chain;  // from the checkpoint to what shows that it is committed
    std::vector<Accept> evidence;
    std::vector<Bytes> pieces;  // as many as there are, once the first has come; empty: lacking
    std::vector<Time> asked;
    std::set<Seat> refused;  // sources that have it not, or lied
    std::size_t next_source = 0;
  };
  std::optional<Transfer> transfer;
  Time behind_since{kNever};  // as a member: what I lack is pruned, and nothing has committed since
  Time gap_asked{kNever};

  // --- Chain ---
  std::optional<ChainView> view;
  std::map<Seat, Registration> registered;
  std::optional<Time> joined_at;  // my join is visible
  bool ever_joined = false;
  std::map<Seat, std::pair<Report, Signature>> report_shares;
  Time report_shared{kNever};
  Time report_posted{kNever};
  Time report_differs{kNever};
  Time change_proposed{kNever};  // of the configuration: by me, as the leader

  // --- Cold start ---
  Generation disk_generation;          // newest that my disk consented to or entered
  std::uint64_t generation_batch = 0;  // the batch that says so
  std::uint64_t synced_batch = 0;
  Time lonely_since{0};        // fewer than q members heard
  Time company_since{kNever};  // q members heard, though I reported
  Time led_at{0};              // a member was heard that leads
  std::optional<RestartReport> my_report;
  Time my_report_at{0};
  struct HeardReport {
    RestartReport report;
    Address signer;  // whose signature it was found to bear
  };
  std::map<Seat, HeardReport> restart_reports;
  struct HeardConsent {
    RecoveryConsent consent;
    Address signer;
  };
  std::map<Seat, HeardConsent> recovery_consents;
  std::optional<GenerationProposal> proposal;  // as coordinator
  std::map<Seat, Signature> consents;
  std::optional<PostGeneration> founding;  // as its coordinator: a re-org may undo the record
  Time generation_posted{kNever};

  // --- Divergence and contradictions ---
  std::optional<LogHead> disputed;  // the last block whose results or state I compute otherwise
  std::set<Hash> refuted;           // heads of chains with such a block, granted for this term
  Statements stated;
  std::map<std::pair<Seat, Epoch>, Contradiction> contradictions;  // one for each boot
  std::size_t witnesses_told = 0;

  // --- replica.cpp: dispatch and what all phases share ---
  void take(const Input& input);
  void refuse(const Input& input);
  void pass_time(Time seen);
  void on_tick(const Tick& tick);
  void on_peer_message(const PeerMessage& message);
  void on_disk_done(const DiskDone& done);
  void on_chain_view(const ChainView& seen);
  bool overtaken(const ChainView& seen);
  void finish_step();
  void save_promise();
  void send(Seat to, Message message);
  std::vector<Identity> audience() const;
  void send_members(const Message& message);
  void event(std::string name, std::vector<std::pair<std::string, std::string>> facts = {});
  Scope scope() const { return {generation, config_nonce}; }
  // References are good until the log changes.
  const Roster& roster() const { return roster_after(log.head_seq()); }
  Roster roster_at(SeqNo seq) const;
  const Roster& roster_after(SeqNo seq) const;
  std::optional<Identity> speaker(Seat seat, Epoch epoch) const;
  std::optional<Identity> voter(Seat seat, Epoch epoch) const;
  std::vector<Seat> known_seats() const;
  bool verified(const Hash& digest, const Signature& signature, const Identity& signer) const;
  bool chain_shows(const Identity& identity) const;
  Ouster ousted(const Identity& identity) const;
  std::vector<Identity> counted_on_chain() const;
  bool following() const { return standing == Standing::kMember && entered && leader != self; }
  bool is_leader() const { return standing == Standing::kMember && entered && leader == self; }
  std::optional<Seat> known_leader() const;
  Duration patience() const;
  void halt(Ouster why);
  void reboot(std::string why);
  void fall_silent(Stop stop, std::string why);
  void recover(Recovered recovered);

  // --- normal_case.cpp, commit.cpp ---
  void on(const Identity& from, const Request& request);
  void on(const Identity& from, const Refusal& refusal);
  void on(const Identity& from, const Propose& message);
  void on(const Identity& from, const Accept& accept);
  void on(const Identity& from, const Committed& message);
  void on_client_write(const ClientWrite& write);
  void forward(PendingWrite& pending, bool again);
  void forward_writes(bool again);
  void expire_writes();
  void fail_write(const Bytes& key, const std::string& code);
  bool enqueue(const Operation& operation);
  void drop_queue();
  bool batch_due() const;
  void time_commits();
  void flush();
  void propose(BlockKind kind, BlockBody body, bool puts_in_force = false);
  bool append_proposal(const Block& block);
  bool acceptable(const Block& block) const;
  bool append_executed(Block block);
  void persist_block(const Block& block);
  void accept_durable();
  bool note_accept(const Accept& accept);
  void note_accepts(const std::vector<Accept>& shown);
  void try_commit();
  bool supported(SeqNo seq) const;
  SeqNo proven_by_rejoins() const;
  std::size_t acceptors(SeqNo seq) const;
  void commit_to(SeqNo seq);
  void on_committed_block(const Block& block);
  void tell_commit();
  std::vector<Accept> commit_evidence() const;
  bool committed_in_term() const;
  void resend_normal_case();

  // --- divergence.cpp ---
  bool execute(const Block& block);
  bool outvoted() const;
  void drop_staged(const std::vector<Accept>& evidence);

  // --- witness.cpp ---
  void on(const Identity& from, const Witness& witness);
  void tell_witness();
  void weigh(const Statement& statement);
  void weigh(const Accept& accept);
  void weigh(const Grant& grant);
  void weigh(const Proposal& theirs);
  void accuse(Seat seat, const Statement& first, const Statement& second);
  std::vector<Identity> boots_of(Seat seat) const;
  void take_contradiction(const Contradiction& contradiction);
  void refuse_writes();
  bool stands(const Contradiction& contradiction) const;
  std::optional<Identity> bypassed(std::optional<Seat> seat = {}) const;

  // --- receipts.cpp ---
  bool attach_accepts(std::vector<Accept> all, const BlockHeader& header, CommitProof& proof) const;
  bool attach_operation(const Block& block, std::size_t wanted, Receipt& receipt) const;

  // --- checkpoints.cpp ---
  bool capture_part();
  bool captured();
  bool expects_checkpoint();
  void work_on_checkpoint();
  void judge_held();
  bool hold(const Block& block);
  void drop_capture();
  std::optional<Hash> capture_checkpoint();
  void keep_capture(const BlockHeader& header);
  bool checkpoint_matches(const BlockHeader& header);
  SeqNo newest_checkpoint() const;
  bool checkpoint_due() const;
  void drop_captures_above(SeqNo seq);
  void save_captures();
  void save_snapshot(SnapshotPtr snapshot);
  void prune_memory();
  bool recover_snapshot(const SnapshotPtr& snapshot);
  void begin_after(const BlockHeader& base, Roster roster);

  // --- snapshot_transfer.cpp ---
  void on(const Identity& from, const SnapshotFetch& fetch);
  void on(const Identity& from, const SnapshotPiece& piece);
  bool take_offer(const Chunk& chunk);
  bool left_behind(const Chunk& chunk);
  void begin_transfer(const std::vector<Accept>& evidence);
  std::vector<Seat> piece_sources() const;
  void fetch_pieces();
  bool take_piece(const SnapshotPiece& piece);
  void install_snapshot();
  bool chain_fits(const Roster& roster);
  void replace_log(SnapshotPtr snapshot, const Roster& roster);

  // --- reads.cpp ---
  void on(const Identity& from, const ReadIndex& message);
  void on(const Identity& from, const ReadAck& message);
  void on(const Identity& from, const ReadRequest& message);
  void on(const Identity& from, const ReadGrant& message);
  void on_client_read(const ClientRead& read);
  void start_read_round();
  void serve_read_round();
  void drop_read_round();
  void answer_read(const PendingRead& read, SeqNo index);
  void expire_reads();
  void resend_reads();

  // --- suspicion.cpp ---
  void on(const Identity& from, const Heartbeat& heartbeat);
  void on(const Identity& from, const Probe& probe);
  void on(const Identity& from, const Healthy& healthy);
  void on_peer_gone(const PeerGone& gone);
  void send_heartbeats();
  std::size_t live_members() const;
  bool hears_cluster() const;
  bool heard_lately(const Peer& peer) const;
  bool hears(Seat seat) const;
  bool hears_member(const Identity& member) const;
  bool gone(const Identity& identity) const;
  bool outpaced() const;
  bool leader_fresh() const;
  void watch_leader();
  void watch_quorum();
  void start_probe(const std::string& why);
  void challenge();
  void finish_probe();
  void answer_probes();
  bool nobody_vouches() const;
  std::string soft_evidence() const;

  // --- term_change.cpp ---
  void on(const Identity& from, const Votes& message);
  void on(const Identity& from, const GrantMessage& message);
  void on(const Identity& from, const NewTermMessage& message);
  Identity successor_of(Term to_term) const;
  Term next_term(Term from) const;
  void vote(Term to_term, const std::string& why);
  bool take_vote(const NoConfidence& vote);
  void count_votes();
  void adopt(Term to_term, std::vector<NoConfidence> why);
  void grant_durable();
  void take_grant(const Grant& grant);
  void try_start_term();
  void start_term(const LogHead& head, NewTerm proof);
  void announce_term();
  void install_term(const NewTermMessage& message);
  void enter(Term entered_term, const Identity& term_leader, const LogHead& head);
  void truncate_after(SeqNo seq);
  void resend_term_change();
  void show_term();

  // --- switchover.cpp ---
  void on(const Identity& from, const StepDown& message);
  Status judge(const SwitchoverOrder& order) const;
  Status judge_target(Seat to) const;
  void take_switchover_order(const SwitchoverOrder& order);

  // --- membership.cpp ---
  void on(const Identity& from, const RejoinRequest& request);
  void on(const Identity& from, const ReportShare& share);
  bool rejoin_valid(const Rejoin& rejoin) const;
  void ask_rejoin();
  void admit_self();
  bool obey();
  void watch_contract();
  void watch_leaders_seat();
  void share_report();
  void post_report();
  Report current_report() const;

  // --- configuration.cpp ---
  bool shown_long_enough(const Identity& newcomer) const;
  bool taken_out(const Identity& member) const;
  bool change_valid(const SeatChange& change) const;
  bool may_change() const;
  bool informed(BlockNumber height, Seat except) const;
  void propose_admission(const Identity& newcomer);
  void watch_configuration();
  void propose_removal();
  void leave_if_uncounted();
  std::size_t voices() const;

  // --- catch_up.cpp ---
  void on(const Identity& from, const Fetch& fetch);
  void on(const Identity& from, const Chunk& chunk);
  void stage(Seat source, std::optional<LogHead> target);
  void fetch_more();
  bool stage_blocks(const Chunk& chunk);
  void finish_staging(const std::vector<Accept>& evidence);
  bool install_staged(SeqNo upto);
  void install_certified(const std::vector<Accept>& evidence);
  std::optional<Identity> acceptor(const Accept& accept) const;
  std::vector<std::pair<Accept, Identity>> sound_among(const std::vector<Accept>& evidence) const;
  Roster accepting_roster(const std::vector<std::pair<Accept, Identity>>& sound) const;
  SeqNo certified_by(const std::vector<Accept>& evidence) const;
  std::optional<LogHead> staged_head(SeqNo seq) const;
  void fill_gap();
  void follow_log();

  // --- recovery_consent.cpp ---
  Status judge(const RecoveryConsent& consent) const;
  void take_recovery_consent(const RecoveryConsent& consent);
  bool operators_consent(const std::vector<RestartReport>& reports) const;
  std::vector<RecoveryConsent> known_consents() const;
  std::optional<ColdStartStatus> cold_start_status() const;

  // --- cold_start.cpp ---
  void on(const Identity& from, const RestartReportMessage& message);
  void on(const Identity& from, const GenerationProposal& message);
  void on(const Identity& from, const GenerationConsent& message);
  void watch_cold_start();
  void report_restart();
  void save_generation(Generation saved);
  std::optional<Identity> reporter(const RestartReport& report) const;
  bool report_valid(const RestartReport& report) const;
  Generation ending() const;
  Generation ending(const std::vector<RestartReport>& reports) const;
  bool is_evidence() const;
  bool is_current(const RestartReport& report) const;
  bool consented(const std::vector<RestartReport>& reports) const;
  std::size_t counted_seats() const;
  std::size_t disks_needed() const;
  bool reports_suffice(const std::vector<RestartReport>& reports) const;
  std::vector<RestartReport> live_reports() const;
  static LogHead best_of(const std::vector<RestartReport>& reports, LogHead least);
  std::optional<StartGeneration> decide(const std::vector<RestartReport>& reports) const;
  bool reports_sound(const GenerationProposal& message) const;
  void fetch_best(const std::vector<RestartReport>& reports);
  bool proposal_sound(const GenerationProposal& message) const;
  void coordinate();
  void consent_to(const GenerationProposal& message, Seat coordinator);
  void take_consent(Seat seat, const StartGeneration& start, const Signature& signature);
  void post_generation();
  PostGeneration generation_post() const;
  void enter_generation();
  void found(const ChainGeneration& record);
  std::vector<Identity> expected_founders(const ChainGeneration& record) const;
  void resend_cold_start();
};

}  // namespace dnc
