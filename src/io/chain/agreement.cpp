#include "io/chain/agreement.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/base/hex.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc {
namespace {

bool same(const ChainView& left, const ChainView& right) {
  const auto fields = [](const ChainView& view) {
    return std::tie(view.height, view.hash, view.time, view.seats, view.generation,
                    view.generation_final, view.leader_term, view.leader_seat,
                    view.leader_provisional, view.config_nonce, view.founding_seats);
  };
  return fields(left) == fields(right);
}

constexpr const char* kHint =
    "Compare them with a block explorer and name others with --rpc; with three, one may be wrong.";

}  // namespace

Agreement::Agreement(const Config& config) : config_(config) {
  CHECK(!config_.urls.empty());
  for (const auto& url : config_.urls) {
    Source source;
    source.endpoint = std::make_unique<RpcEndpoint>(url, config_.rpc_timeout);
    sources_.push_back(std::move(source));
    label_ += (label_.empty() ? "" : ", ") + sources_.back().endpoint->label();
  }
}

// --- Asking -------------------------------------------------------------------------------------

void Agreement::fail(Source& source, const Error& error) {
  source.failure = error;
  source.verified = false;
  source.checked = Clock::now();
}

std::optional<BlockHead> Agreement::ask_head(Source& source) {
  if (!source.verified || Clock::now() - source.checked >= config_.check_interval) {
    if (const auto verified = source.endpoint->verify(config_.chain_id); !verified) {
      fail(source, verified.error());
      return std::nullopt;
    }
    source.verified = true;
    source.checked = Clock::now();
  }
  const auto head = source.endpoint->client().latest();
  if (!head) {
    fail(source, head.error());
    return std::nullopt;
  }
  source.failure.reset();
  return *head;
}

// Those that failed lately are left alone as long as the others suffice: a silent one costs time.
std::vector<Agreement::Head> Agreement::ask_heads() {
  std::vector<Head> heads;
  std::vector<std::size_t> avoided;
  const auto ask = [&](std::size_t at) {
    if (const auto head = ask_head(sources_[at])) heads.push_back({at, *head});
  };
  for (std::size_t at = 0; at < sources_.size(); ++at) {
    const Source& source = sources_[at];
    const bool due = !source.failure || Clock::now() - source.checked >= config_.check_interval;
    due ? ask(at) : avoided.push_back(at);
  }
  if (heads.size() >= needed()) return heads;
  for (const std::size_t at : avoided)
    ask(at);
  return heads;
}

// What those show at this height whose heads are at it or above, within the window.
std::vector<Agreement::Head> Agreement::blocks_at(BlockNumber number,
                                                  const std::vector<Head>& heads) {
  std::vector<Head> blocks;
  for (const Head& head : heads) {
    const std::uint64_t top = head.block.number.value;
    if (top < number.value || top - number.value > config_.head_window) continue;
    if (top == number.value) {
      blocks.push_back(head);
      continue;
    }
    Source& source = sources_[head.source];
    const auto found = source.endpoint->client().blocks({number});
    if (!found) fail(source, found.error());
    if (found && found->front()) blocks.push_back({head.source, *found->front()});
  }
  return blocks;
}

// --- Agreeing -----------------------------------------------------------------------------------

Result<BlockHead> Agreement::head() {
  std::vector<Head> heads = ask_heads();
  if (heads.size() < needed()) return missing(heads.size());
  std::ranges::sort(heads, std::ranges::greater{},
                    [](const Head& head) { return head.block.number; });
  for (const Head& lowest : heads) {
    std::map<Hash, std::vector<Head>> shown;
    for (const Head& head : blocks_at(lowest.block.number, heads))
      shown[head.block.hash].push_back(head);
    for (const auto& [hash, holders] : shown) {
      if (holders.size() < needed()) continue;
      std::vector<std::size_t> agreed;
      for (const Head& holder : holders)
        agreed.push_back(holder.source);
      agree(std::move(agreed));
      return holders.front().block;
    }
  }
  return disagreement(heads);
}

Result<ChainView> Agreement::view(const BlockHead& block) {
  std::vector<std::pair<std::size_t, ChainView>> views;
  std::optional<Error> failure;
  for (const std::size_t at : std::vector(agreed_)) {
    auto view = read_chain_view(sources_[at].endpoint->client(), config_.contract, block,
                                config_.final_depth);
    if (!view) {
      if (view.error().code != "block_gone") fail(sources_[at], view.error());
      if (!failure) failure = view.error();
      continue;
    }
    std::vector<std::size_t> alike{at};
    for (const auto& [other, shown] : views) {
      if (same(shown, *view)) alike.push_back(other);
    }
    if (alike.size() >= needed()) {
      agree(std::move(alike));
      const Status settled = settle(*view);
      if (!settled) return settled.error();
      return std::move(*view);
    }
    views.emplace_back(at, std::move(*view));
  }
  if (views.size() < needed()) return *failure;
  return Error{"endpoints_disagree",
               "RPC endpoints show different contracts at block " +
                   std::to_string(block.number.value) + ": " + label(),
               kHint};
}

// The lowest of the blocks that those who agreed call settled is settled for all of them.
Status Agreement::settle(ChainView& view) {
  if (config_.finality == Finality::depth) return ok_status();
  const char* tag = config_.finality == Finality::safe ? "safe" : "finalized";
  std::optional<BlockNumber> settled;
  for (const std::size_t at : agreed_) {
    const auto block = sources_[at].endpoint->client().tagged(tag);
    if (!block) {
      fail(sources_[at], block.error());
      return block.error();
    }
    settled = settled ? std::min(*settled, block->number) : block->number;
  }
  view.generation_final =
      view.generation.start.generation.value > 0 && view.generation.height <= *settled;
  return ok_status();
}

void Agreement::agree(std::vector<std::size_t> sources) {
  agreed_ = std::move(sources);
  std::ranges::sort(agreed_);
  std::string label;
  for (const std::size_t at : agreed_)
    label += (label.empty() ? "" : ", ") + sources_[at].endpoint->label();
  const std::lock_guard lock(mutex_);
  label_ = std::move(label);
}

// --- Saying why not -----------------------------------------------------------------------------

// A wrong chain is a mistake of the configuration and must not hide behind a dead endpoint.
Error Agreement::missing(std::size_t answered) const {
  const Error* worst = nullptr;
  for (const Source& source : sources_) {
    if (!source.failure) continue;
    if (worst == nullptr || source.failure->code == "wrong_chain") worst = &*source.failure;
  }
  CHECK(worst != nullptr);
  if (sources_.size() == 1 || worst->code == "wrong_chain") return *worst;
  return {"endpoints_missing",
          std::to_string(answered) + " of " + std::to_string(sources_.size()) +
              " RPC endpoints answer, and two must agree: " + worst->message,
          "Bring it back or name others with --rpc; with three, one may be down."};
}

Error Agreement::disagreement(const std::vector<Head>& heads) const {
  std::string all;
  for (const Head& head : heads) {
    all += (all.empty() ? "" : "; ") + sources_[head.source].endpoint->label() + " is at block " +
           std::to_string(head.block.number.value) + " " + to_hex0x(head.block.hash);
  }
  return {"endpoints_disagree", "RPC endpoints show no block together: " + all, kHint};
}

void Agreement::abort() {
  for (const Source& source : sources_)
    source.endpoint->abort();
}

std::string Agreement::label() const {
  const std::lock_guard lock(mutex_);
  return label_;
}

}  // namespace dnc
