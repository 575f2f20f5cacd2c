#include "io/api/backup.hpp"

#include <charconv>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/base/wire.hpp"
#include "core/consensus/codec.hpp"
#include "core/consensus/limits.hpp"
#include "io/api/answers.hpp"
#include "io/api/request_parts.hpp"

namespace dnc {
namespace {

constexpr std::string_view kHead = "/snapshot";
constexpr std::string_view kPieces = "/snapshot/pieces/";
constexpr std::string_view kBlocks = "/snapshot/blocks/";

// The numbers of a path, between slashes. Empty: there is something else, or another count.
template <std::size_t Count>
std::optional<std::array<std::uint64_t, Count>> numbers_in(std::string_view text) {
  std::array<std::uint64_t, Count> numbers{};
  for (std::uint64_t& number : numbers) {
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (&number == &numbers.back()) break;
    if (!text.starts_with('/')) return std::nullopt;
    text.remove_prefix(1);
  }
  return text.empty() ? std::optional(numbers) : std::nullopt;
}

HttpResponse bytes_answer(ByteView bytes) {
  HttpResponse response;
  response.content_type = "application/octet-stream";
  response.body = as_text(bytes);
  return response;
}

HttpResponse head_answer(const NodeView& node) {
  const auto head = node.backup();
  if (!head) return error_answer(503, head.error());
  const SnapshotPtr snapshot = head->checkpoint ? node.snapshot(head->checkpoint->seq) : nullptr;
  std::vector<Seat> signers;
  for (const auto& accept : head->proof.accepts)
    signers.push_back(accept.seat);
  Json checkpoint = nullptr;
  if (snapshot) {
    checkpoint = {{"seq", snapshot->seq().value},
                  {"state_root", to_hex0x(snapshot->checkpoint.state_root)},
                  {"pieces", head->pieces},
                  {"bytes", snapshot->bytes()}};
  }
  return json_answer({{"version", 1},
                      {"chain_id", head->domain.chain_id},
                      {"contract", to_hex0x(head->domain.contract)},
                      {"checkpoint", std::move(checkpoint)},
                      {"first_block", head->first().value},
                      {"last_block", last_of(*head).value_or(SeqNo{}).value},
                      {"signers", seats_json(signers)},
                      {"head", to_hex0x(encode(*head))}});
}

HttpResponse piece_answer(const NodeView& node, std::string_view path) {
  const auto place = numbers_in<2>(path.substr(kPieces.size()));
  const char* const kExample = "for example GET /snapshot/pieces/10000/0; GET /snapshot names both";
  if (!place) {
    return error_answer(400,
                        bad_request("the path is not /snapshot/pieces/{seq}/{index}", kExample));
  }
  const auto [seq, index] = *place;
  const SnapshotPtr snapshot = node.snapshot({seq});
  if (!snapshot) {
    return error_answer(
        410, {"snapshot_gone", "this node keeps no snapshot at block " + std::to_string(seq),
              "begin again with GET /snapshot, or ask another node"});
  }
  if (index >= snapshot->pieces.size()) {
    return error_answer(
        400, bad_request("the snapshot has " + std::to_string(snapshot->pieces.size()) + " pieces",
                         kExample));
  }
  return bytes_answer(snapshot->pieces[index]);
}

// As many as go into about a mebibyte, one at least.
HttpResponse blocks_answer(const NodeView& node, std::string_view path) {
  const auto from = numbers_in<1>(path.substr(kBlocks.size()));
  if (!from || from->front() == 0) {
    return error_answer(400, bad_request("the path is not /snapshot/blocks/{from}",
                                         "for example GET /snapshot/blocks/1"));
  }
  const SeqNo first{from->front()};
  if (first <= node.pruned_upto()) {
    return error_answer(410, {"pruned", "block " + std::to_string(first.value) + " is pruned",
                              "begin again with GET /snapshot, or ask another node"});
  }
  Writer out;
  for (SeqNo seq = first; out.size() < limits::kChunkBytesMax; seq = seq.next()) {
    const Block* block = node.block(seq);
    if (!block) break;
    out.blob(encode(*block));
  }
  if (out.size() > 0) return bytes_answer(out.bytes());
  return error_answer(
      404, {"not_committed", "block " + std::to_string(first.value) + " is not committed here",
            "ask again, or another node"});
}

}  // namespace

bool is_snapshot_path(std::string_view path) {
  return path == kHead || path.starts_with(kPieces) || path.starts_with(kBlocks);
}

void handle_snapshot(const NodeView& node, const HttpRequest& request, const HttpReplier& reply) {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response =
        error_answer(405, {"method_not_allowed", request.path + " takes GET", "use GET"});
    response.headers.emplace_back("Allow", "GET");
    return reply(response);
  }
  if (const NodeStatus status = node.status(); !status.silenced.code.empty()) {
    return reply(not_serving_answer(status));
  }
  const std::string_view path = request.path;
  if (path == kHead) return reply(head_answer(node));
  reply(path.starts_with(kPieces) ? piece_answer(node, path) : blocks_answer(node, path));
}

}  // namespace dnc
