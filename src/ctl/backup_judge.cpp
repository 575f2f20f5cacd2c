#include "ctl/backup_judge.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

#include "core/base/hex.hpp"
#include "core/services/services.hpp"
#include "ctl/sheet.hpp"

namespace dnc::ctl {
namespace {

std::string text(std::uint64_t value) {
  return std::to_string(value);
}

// "2026-01-31T12:00:00Z"
std::string utc_text(std::uint64_t ms) {
  const auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  char shown[32];
  if (::gmtime_r(&seconds, &parts) == nullptr) return text(ms) + " ms";
  const std::size_t size = std::strftime(shown, sizeof shown, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {shown, size};
}

std::uint64_t count_keys(const Services& services) {
  std::uint64_t count = 0;
  std::string after;
  for (;;) {
    const auto page = kv::decode_list(services.query(kv::list("", after, kv::kPageEntriesMax)));
    if (!page || page->entries.empty()) return count;
    count += page->entries.size();
    if (!page->more) return count;
    after = page->entries.back().key;
  }
}

Json signers_of(const Backup& backup) {
  Json signers = Json::array();
  for (const auto& accept : backup.head.proof.accepts)
    signers.push_back(accept.seat.value);
  return signers;
}

Report report_of(const Backup& backup, const BackupFacts& facts) {
  const BlockHeader& last = backup.last();
  std::string begins = "from the first block on";
  if (backup.snapshot) {
    begins = "from a snapshot of " + text(backup.snapshot->bytes()) + " bytes at block " +
             text(backup.snapshot->seq().value);
  }
  return {
      passed("block", "seq " + text(last.seq.value) + ", term " + text(last.term.value) +
                          ", generation " + text(last.generation.value) + ", " +
                          utc_text(last.leader_time_ms) + ", " + to_hex0x(facts.end.block_hash)),
      passed("state", text(facts.keys) + " keys, counter " + text(facts.counter) + "; " + begins +
                          ", and " + text(backup.blocks.size()) + " blocks"),
      passed("signatures", "seats " + cell_text(signers_of(backup)))};
}

BackupVerdict refused(const Error& error) {
  return {{refusal(error.code, error.message, error.hint)}, std::nullopt};
}

}  // namespace

Json to_json(const Backup& backup, const BackupFacts& facts) {
  const BlockHeader& last = backup.last();
  Json checkpoint = nullptr;
  if (backup.snapshot) {
    checkpoint = {{"seq", backup.snapshot->seq().value},
                  {"bytes", backup.snapshot->bytes()},
                  {"state_root", to_hex0x(backup.snapshot->checkpoint.state_root)}};
  }
  return {{"chain_id", backup.head.domain.chain_id},
          {"contract", to_hex0x(backup.head.domain.contract)},
          {"generation", last.generation.value},
          {"config_nonce", last.config_nonce.value},
          {"term", last.term.value},
          {"seq", last.seq.value},
          {"time", utc_text(last.leader_time_ms)},
          {"block_hash", to_hex0x(facts.end.block_hash)},
          {"checkpoint", std::move(checkpoint)},
          {"blocks", backup.blocks.size()},
          {"keys", facts.keys},
          {"counter", facts.counter},
          {"signers", signers_of(backup)}};
}

BackupVerdict judge_backup(const Backup& backup, const KeyHistoryFile& keys) {
  const Eip712Domain& domain = backup.head.domain;
  if (domain.chain_id != keys.domain.chain_id || domain.contract != keys.domain.contract) {
    return refused({"domain",
                    "the backup is of chain " + text(domain.chain_id) + ", contract " +
                        to_hex0x(domain.contract) + ", the key history of another cluster",
                    "fetch the keys of the cluster that it names, if it is yours"});
  }
  const auto verified = verify_backup(backup, keys.history);
  if (!verified && verified.error().code == "unknown_config") {
    return {{unknown(verified.error().code, verified.error())}, std::nullopt};
  }
  if (!verified) return refused(verified.error());
  Services services;
  if (const Status replayed = replay_backup(backup, services); !replayed) {
    return refused(replayed.error());
  }
  const BackupFacts facts{*verified, count_keys(services),
                          Counter::decode_value(services.query(Counter::read())).value_or(0)};
  return {report_of(backup, facts), facts};
}

}  // namespace dnc::ctl
