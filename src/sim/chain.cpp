#include "sim/chain.hpp"

#include "core/base/check.hpp"
#include "core/base/wire.hpp"
#include "core/crypto/keccak256.hpp"

namespace dnc {
namespace {

constexpr std::uint64_t kFinalDepth = 3;  // policy depth of a generation record
constexpr std::size_t kKeptBlocks = 8;

const char* name_of(const Transaction& transaction) {
  static constexpr std::array kNames{"join", "vote", "start_generation", "report", "seat"};
  return kNames[transaction.index()];
}

}  // namespace

bool agree(const ChainView& left, const ChainView& right) {
  return left.height == right.height && left.hash == right.hash;
}

SimChain::SimChain(EventQueue& queue, Trace& trace, Prng prng, Contract genesis,
                   const Signing& signing, const Verifier& verifier, Deliver deliver)
    : queue_(queue),
      trace_(trace),
      prng_(prng),
      signing_(signing),
      verifier_(verifier),
      deliver_(std::move(deliver)),
      minted_(genesis.minted()) {
  blocks_.push_back({{1}, fresh_hash({1}), std::move(genesis), {}});
}

void SimChain::start() {
  queue_.after(quality_.block_interval, [this] { mine(); });
}

void SimChain::submit(Seat node, const Transaction& transaction) {
  if (!reaches(node) || censored_.contains(node)) return;
  if (prng_.chance(quality_.call_loss_per_mille)) return;
  const auto spread = static_cast<std::uint64_t>(quality_.call_delay_max.count());
  Time& arrives = arrives_[node];
  arrives = std::max(arrives, queue_.now() + Duration(prng_.below(spread + 1)));
  queue_.after(arrives - queue_.now(), [this, node, transaction] {
    if (reaches(node)) mempool_.push_back(transaction);
  });
}

void SimChain::mine() {
  const BlockNumber height = blocks_.back().height.next();
  Block block{height, fresh_hash(height), blocks_.back().contract, {}};
  if (block.contract.minted() < minted_) block.contract.mint();
  for (const Transaction& transaction : mempool_) {
    const bool done = block.contract.execute(transaction, height, signing_, verifier_);
    if (done) block.transactions.push_back(transaction);
    trace_.mix(queue_.now(), {}, name_of(transaction), Bytes{done});
    if (trace_.readable()) {
      trace_.line(queue_.now(), {},
                  std::string("chain ") + name_of(transaction) + (done ? "" : " reverts") + " at " +
                      std::to_string(height.value));
    }
  }
  mempool_.clear();
  blocks_.push_back(std::move(block));
  if (blocks_.size() > kKeptBlocks) blocks_.pop_front();
  publish();
  queue_.after(quality_.block_interval, [this] { mine(); });
}

void SimChain::reorg(std::size_t depth) {
  CHECK(depth < kFinalDepth);  // deeper ones would undo what policy calls final
  for (std::size_t undone = 0; undone < depth && blocks_.size() > 1; ++undone) {
    for (const Transaction& transaction : blocks_.back().transactions) {
      if (prng_.chance(500)) mempool_.push_back(transaction);
    }
    blocks_.pop_back();
  }
}

void SimChain::publish() {
  ++published_;
  for (const auto& seat : blocks_.back().contract.view({}, {}, false).seats)
    publish_to(seat.identity.seat);
}

void SimChain::publish_to(Seat node) {
  if (!reaches(node)) return;
  const Duration spread = quality_.view_lag_max - quality_.view_lag_min;
  const Duration lag =
      quality_.view_lag_min + Duration(prng_.below(static_cast<std::uint64_t>(spread.count()) + 1));
  queue_.after(lag, [this, node, view = newest(), order = published_] {
    if (!reaches(node) || seen_[node] > order) return;
    seen_[node] = order;
    deliver_(node, {view, lied_to_.contains(node) ? forged_view() : view});
  });
}

ChainView SimChain::view_of(const Block& block) const {
  const BlockNumber record = block.contract.generation_height();
  const bool is_final = record.value > 0 && block.height.value >= record.value + kFinalDepth - 1;
  return block.contract.view(block.height, block.hash, is_final);
}

// Everybody's seat is revoked, and a cold start that nobody asked for is final.
ChainView SimChain::forged_view() {
  ChainView view = newest();
  view.height = view.height.next();
  view.hash = keccak256(view.hash.view());
  for (ChainSeat& seat : view.seats)
    seat.revoked = true;
  view.generation.start.generation = view.generation.start.generation.next();
  view.generation_final = true;
  return view;
}

Hash SimChain::fresh_hash(BlockNumber height) {
  Writer writer;
  writer.id(height);
  writer.u64(++hashes_);  // a height that is mined twice has two hashes
  return keccak256(writer.bytes());
}

void SimChain::heal() {
  down_ = false;
  cut_off_.clear();
  censored_.clear();
  lied_to_.clear();
  quality_ = {};
}

}  // namespace dnc
