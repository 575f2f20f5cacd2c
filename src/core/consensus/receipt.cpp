#include "core/consensus/receipt.hpp"

#include "core/base/wire.hpp"
#include "core/consensus/limits.hpp"
#include "core/consensus/roster.hpp"
#include "core/crypto/keccak256.hpp"
#include "core/crypto/merkle.hpp"
#include "core/crypto/secp256k1.hpp"

namespace dnc {
namespace {

constexpr std::size_t kHeaderSize = 177;
constexpr std::size_t kStepsMax = 32;

// The fields of an encoded header that matter here. The contract reads no more of it either.
struct Header {
  Scope scope;
  Term term;
  SeqNo seq;
  std::uint8_t kind = 0;
  Hash previous;
  Hash ops_root;
  Hash result_root;
  Hash hash;
};

Header read_header(const Bytes& bytes) {
  Reader reader(bytes);
  Header header;
  header.scope = {reader.id<Generation>(), reader.id<ConfigNonce>()};
  header.term = reader.id<Term>();
  header.seq = reader.id<SeqNo>();
  (void)reader.u64();  // leader
  header.kind = reader.u8();
  (void)reader.u64();  // time
  header.previous = reader.fixed<Hash>();
  header.ops_root = reader.fixed<Hash>();
  header.result_root = reader.fixed<Hash>();
  header.hash = keccak256(bytes);
  return header;
}

Error forged(const char* code, std::string message) {
  return {code, std::move(message), "do not believe it; ask another node"};
}

std::string text(std::uint64_t value) {
  return std::to_string(value);
}

Result<std::vector<Header>> read_chain(const std::vector<Bytes>& headers) {
  if (headers.empty() || headers.size() > limits::kReceiptHeadersMax) {
    return forged("header_count",
                  "a receipt has 1 to 64 headers, this one has " + text(headers.size()));
  }
  std::vector<Header> chain;
  for (std::size_t at = 0; at < headers.size(); ++at) {
    if (headers[at].size() != kHeaderSize) {
      return forged("bad_header", "header " + text(at) + " is no header");
    }
    chain.push_back(read_header(headers[at]));
    const Header& header = chain.back();
    if (at > 0 && (header.previous != chain[at - 1].hash || header.scope != chain[0].scope)) {
      return forged("broken_chain", "header " + text(at) + " does not continue the one before");
    }
  }
  return chain;
}

// Both trees of a block with operations have the same shape, so the same way up is the same place.
bool is_in_block(const Receipt& receipt, const Header& header) {
  const std::size_t steps = receipt.operation_path.size();
  if (steps != receipt.result_path.size() || steps > kStepsMax) return false;
  if (steps < kStepsMax && receipt.sides >> steps != 0) return false;
  const auto root = [&](const Bytes& leaf, const std::vector<Hash>& path) {
    return merkle_climb(merkle_leaf(leaf), path, receipt.sides);
  };
  return root(receipt.operation, receipt.operation_path) == header.ops_root &&
         root(receipt.result, receipt.result_path) == header.result_root;
}

// Only ACCEPTs of one term, that of the last header, commit a block together: in a term a notary
// accepts only blocks of that term (N2), and the lowest of a majority's is one of them.
Status check_accept(const ReceiptAccept& shown, const std::vector<Header>& chain,
                    const KeyHistory& history, const Signing& signing) {
  const std::string who = "the ACCEPT of seat " + text(shown.seat.value);
  if (shown.header >= chain.size() || chain[shown.header].term != chain.back().term) {
    return forged("accept_elsewhere", who + " is not for a block of the receipt's last term");
  }
  const Header& named = chain[shown.header];
  const Accept accept{named.scope, named.term,  named.seq,      named.hash,
                      shown.seat,  shown.epoch, shown.signature};
  const auto key = recover(signing.accept(accept), shown.signature);
  if (!key) return forged("bad_signature", who + " has no valid signature");
  const auto known = history.keys.find(address_of(*key));
  if (known == history.keys.end() || known->second != shown.seat) {
    return forged("unknown_boot_key", who + " is signed by a key that this seat never registered");
  }
  return ok_status();
}

// Do a majority of those who count in the chain's configuration accept it?
Result<Verified> judge_accepts(const std::vector<ReceiptAccept>& accepts,
                               const std::vector<Header>& chain, const KeyHistory& history,
                               const Signing& signing) {
  const Header& header = chain.front();
  const auto config = history.configs.find(header.scope.config_nonce);
  if (config == history.configs.end()) {
    return Error{
        "unknown_config",
        "nobody reported who counts in configuration " + text(header.scope.config_nonce.value),
        "fetch the keys again once the contract knows it"};
  }
  const std::size_t needed = quorum_of(config->second.size());
  if (accepts.size() < needed) {
    return forged("too_few",
                  text(accepts.size()) + " seats signed, " + text(needed) + " are needed");
  }
  Seat last;
  for (const ReceiptAccept& accept : accepts) {
    if (accept.seat <= last) {
      return forged("signer_order", "the signers are not in ascending order, each seat once");
    }
    last = accept.seat;
    if (!config->second.contains(last)) {
      return forged("not_of_config",
                    "seat " + text(last.value) + " does not count in this configuration");
    }
    if (auto status = check_accept(accept, chain, history, signing); !status) {
      return status.error();
    }
  }
  return Verified{header.scope.generation, header.term, header.seq, header.hash, accepts.size()};
}

}  // namespace

Result<Verified> verify_receipt(const Receipt& receipt, const KeyHistory& history,
                                const Signing& signing) {
  const auto chain = read_chain(receipt.headers);
  if (!chain) return chain.error();
  const Header& header = chain->front();
  if (header.kind != static_cast<std::uint8_t>(BlockKind::kNormal)) {
    return forged("bad_header", "the first header is not that of a block with operations");
  }
  if (!is_in_block(receipt, header)) {
    return forged("not_in_block", "operation and result are not what the block's header says");
  }
  return judge_accepts(receipt.accepts, *chain, history, signing);
}

Result<Verified> verify_commit(const CommitProof& proof, const KeyHistory& history,
                               const Signing& signing) {
  const auto chain = read_chain(proof.headers);
  if (!chain) return chain.error();
  return judge_accepts(proof.accepts, *chain, history, signing);
}

}  // namespace dnc
