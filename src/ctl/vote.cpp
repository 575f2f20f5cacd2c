#include "ctl/vote.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/eth/abi.hpp"
#include "ctl/sheet.hpp"
#include "ctl/transaction.hpp"
#include "io/base/key_file.hpp"
#include "io/chain/membership_contract.hpp"

namespace dnc::ctl {
namespace {

struct Tally {
  std::uint64_t term = 0;
  std::uint64_t leader_seat = 0;  // 0: none
  Address leader;
  std::uint64_t votes = 0;
  std::uint64_t required = 0;
  std::uint64_t seat = 0;  // of the operator who asks; 0: runs none, or nobody asks
  bool voted = false;
};

// The leader, the votes and the voter, all at one block.
Result<Tally> read_tally(ChainClient& chain, const Address& contract,
                         const std::optional<Address>& voter) {
  const auto head = chain.latest();
  if (!head) return head.error();
  const Address who = voter.value_or(Address{});
  const auto answers =
      chain.calls_at(*head, {{contract, encode_leadership(), {}},
                             {contract, encode_current_leader(), {}},
                             {contract, AbiEncoder().address(who).call("seatOf(address)"), {}}});
  if (!answers) return answers.error();
  const auto leadership = decode_leadership((*answers)[0]);
  const auto leader = decode_address((*answers)[1]);
  const auto seat = decode_count((*answers)[2]);
  if (!leadership) return leadership.error();
  if (!leader) return leader.error();
  if (!seat) return seat.error();
  Tally tally{leadership->term.value,
              leadership->leader_seat.value,
              *leader,
              leadership->no_confidence,
              leadership->required_votes,
              0,
              false};
  if (!voter || *seat == 0) return tally;
  tally.seat = *seat;
  const auto voted =
      chain.call({contract, AbiEncoder().number(*seat).call("hasVoted(uint64)"), {}});
  if (!voted) return voted.error();
  AbiDecoder in(*voted);
  tally.voted = in.flag();
  if (!in.ok()) return Error{"bad_chain_answer", "hasVoted() answered nonsense", ""};
  return tally;
}

void show(const Tally& tally, const std::optional<Hash>& transaction, Output output) {
  Json document = {{"term", tally.term},
                   {"leader_seat", tally.leader_seat},
                   {"leader", to_hex0x(tally.leader)},
                   {"votes", tally.votes},
                   {"required", tally.required},
                   {"seat", tally.seat == 0 ? Json(nullptr) : Json(tally.seat)},
                   {"voted", tally.voted},
                   {"transaction", transaction ? Json(to_hex0x(*transaction)) : Json(nullptr)}};
  if (output == Output::json) return print(document);
  std::fputs(as_table(Json::array({document}),
                      {{"TERM", "term"},
                       {"LEADER", "leader_seat"},
                       {"VOTES", "votes"},
                       {"REQUIRED", "required"},
                       {"YOUR SEAT", "seat"},
                       {"VOTED", "voted"},
                       {"OPERATOR OF THE LEADER", "leader", true},
                       {"TRANSACTION", "transaction", true}},
                      output)
                 .c_str(),
             stdout);
}

Status may_vote(const Tally& tally) {
  if (tally.leader_seat == 0) {
    return Error{"no_leader", "the contract knows no leader: there is nobody to vote against",
                 "clusterctl status says what the nodes do"};
  }
  if (tally.seat == 0) {
    return Error{"not_an_operator", "this key operates no seat of the cluster",
                 "use the key of a seat's operator, as the contract names it"};
  }
  return ok_status();
}

ExitCode fail(const Error& error) {
  complain(error);
  const bool refused = error.code == "no_leader" || error.code == "not_an_operator";
  return refused || is_refused(error) ? kRefused : kCannotTell;
}

}  // namespace

ExitCode run_vote(const VoteOptions& options, Output output) {
  if (options.yes && options.operator_key.empty()) {
    complain({"usage", "--yes votes, and that takes the operator's key",
              "name the file: --operator-key FILE"});
    return kUsage;
  }
  auto connection = connect(options.chain);
  if (!connection) return fail(connection.error());
  std::optional<PrivateKey> key;
  std::optional<Address> voter;
  if (!options.operator_key.empty()) {
    auto read = read_key_file(options.operator_key, "the operator's key");
    if (!read) return fail(read.error());
    voter = read->address();
    key.emplace(std::move(*read));
  }
  const Address& contract = connection->deployment.contract;
  auto tally = read_tally(*connection->chain, contract, voter);
  if (!tally) return fail(tally.error());
  if (!options.yes) {
    show(*tally, std::nullopt, output);
    std::fprintf(stderr, "Nothing was sent: add --yes to vote.\n");
    return kOk;
  }
  if (const Status may = may_vote(*tally); !may) return fail(may.error());
  const auto sent = send_transaction(options.chain, connection->deployment, *key,
                                     options.withdraw ? "withdraw the vote" : "vote",
                                     encode_cast_vote(tally->leader, !options.withdraw));
  if (!sent) return fail(sent.error());
  const auto after = read_tally(*connection->chain, contract, voter);
  show(after ? *after : *tally, sent->hash, output);
  return kOk;
}

}  // namespace dnc::ctl
