#include "ctl/backup_download.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"
#include "ctl/progress.hpp"

namespace dnc::ctl {
namespace {

constexpr int kRoundsMax = 5;   // over all nodes
constexpr int kRepeatsMax = 3;  // of one request to a node that does not answer

Error bad_answer(const char* what) {
  return {"bad_answer", std::string("the node answered with ") + what,
          "is it a node of the cluster, and of this version?"};
}

// An answer of one of these is the node's last word.
bool is_passing(const Error& error) {
  return error.code == "http_timeout" || error.code == "http_interrupted";
}

class Download {
 public:
  Result<Backup> run(const NodeOptions& nodes) {
    Result<Backup> last = Error{};
    for (int round = 0; round < kRoundsMax; ++round) {
      const std::size_t had = received_;
      last = first_answer(nodes, [this](NodeClient& node) { return from(node); });
      const bool lied = !last && last.error().code == "backup_damaged";
      if (last || lied || received_ == had) break;
    }
    return last;
  }

 private:
  Result<Backup> from(NodeClient& node) {
    if (const Status begun = begin(node); !begun) return begun.error();
    while (pieces_.size() < head_.pieces) {
      if (const Status got = take_piece(node); !got) return got.error();
    }
    while (next_block() <= last_) {
      if (const Status got = take_blocks(node); !got) return got.error();
    }
    SnapshotPtr snapshot;
    if (head_.checkpoint) {
      snapshot = assemble(*head_.checkpoint, std::exchange(pieces_, {}));
      if (!snapshot) {
        return Error{"backup_damaged", "the pieces are not those of the checkpoint",
                     "save from another node: --url"};
      }
    }
    return Backup{std::move(head_), std::move(snapshot), std::move(blocks_)};
  }

  Status begin(NodeClient& node) {
    const auto answer = get(node, "/snapshot");
    if (!answer) return answer.error();
    const auto json = parse_json(*answer);
    const auto bytes = json ? json_hex(*json, "head") : json.error();
    auto head = bytes ? decode_backup_head(*bytes) : std::nullopt;
    if (!head) return bad_answer("no head of a backup");
    if (head->checkpoint != head_.checkpoint) pieces_.clear();
    if (head->first() != head_.first()) blocks_.clear();
    head_ = std::move(*head);
    last_ = last_of(head_).value_or(SeqNo{});
    while (!blocks_.empty() && blocks_.back().header.seq > last_)
      blocks_.pop_back();
    return ok_status();
  }

  Status take_piece(NodeClient& node) {
    const std::string index = std::to_string(pieces_.size());
    progress_.tell("piece " + index + " of " + std::to_string(head_.pieces));
    const auto piece =
        get(node, "/snapshot/pieces/" + std::to_string(head_.checkpoint->seq.value) + "/" + index);
    if (!piece) return piece.error();
    if (piece->empty() || piece->size() > limits::kSnapshotPieceBytes)
      return bad_answer("no piece of a snapshot");
    const ByteView bytes = as_bytes(*piece);
    pieces_.emplace_back(bytes.begin(), bytes.end());
    ++received_;
    return ok_status();
  }

  Status take_blocks(NodeClient& node) {
    const std::string from = std::to_string(next_block().value);
    progress_.tell("block " + from + " of " + std::to_string(last_.value));
    const auto answer = get(node, "/snapshot/blocks/" + from);
    if (!answer) return answer.error();
    Reader in(as_bytes(*answer));
    do {
      auto block = decode_block(in.blob(limits::kBlockBytesMax));
      if (!in.ok() || !block || block->header.seq != next_block()) {
        return bad_answer("no blocks that follow");
      }
      blocks_.push_back(std::move(*block));
      ++received_;
    } while (!in.at_end() && next_block() <= last_);
    return ok_status();
  }

  static Result<std::string> get(NodeClient& node, const std::string& target) {
    auto answer = node.get(target);
    for (int i = 1; i < kRepeatsMax && !answer && is_passing(answer.error()); ++i)
      answer = node.get(target);
    return answer;
  }

  SeqNo next_block() const { return {head_.first().value + blocks_.size()}; }

  Progress progress_;
  BackupHead head_;
  SeqNo last_;
  std::vector<Bytes> pieces_;
  std::vector<Block> blocks_;
  std::size_t received_ = 0;  // parts
};

}  // namespace

Result<Backup> download_backup(const NodeOptions& nodes) {
  return Download().run(nodes);
}

}  // namespace dnc::ctl
