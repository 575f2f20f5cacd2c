#include "core/consensus/signing.hpp"

#include "core/consensus/codec.hpp"

namespace dnc {
namespace {

template <class Tag>
Hash word(StrongId<Tag> value) {
  return abi_word(value.value);
}

template <class Tag>
Hash items_hash(const std::vector<StrongId<Tag>>& items) {
  std::vector<Hash> words;
  words.reserve(items.size());
  for (const auto item : items)
    words.push_back(word(item));
  return eip712_array_hash(words);
}

}  // namespace

Hash Signing::propose(const BlockHeader& header) const {
  return propose(header, block_hash(header));
}

Hash Signing::propose(const BlockHeader& header, const Hash& hash) const {
  static const Eip712Type kType =
      "Propose(uint64 generation,uint64 configNonce,uint64 term,uint64 seq,bytes32 blockHash)";
  return eip712_digest(
      separator_, eip712_struct_hash(kType, {word(header.generation), word(header.config_nonce),
                                             word(header.term), word(header.seq), hash}));
}

Hash Signing::accept(const Accept& accept) const {
  static const Eip712Type kType =
      "Accept(uint64 generation,uint64 configNonce,uint64 term,uint64 seq,bytes32 blockHash,"
      "uint64 seat,uint64 epoch)";
  return eip712_digest(
      separator_,
      eip712_struct_hash(
          kType, {word(accept.scope.generation), word(accept.scope.config_nonce), word(accept.term),
                  word(accept.seq), accept.block_hash, word(accept.seat), word(accept.epoch)}));
}

Hash Signing::no_confidence(const NoConfidence& vote) const {
  static const Eip712Type kType =
      "NoConfidence(uint64 generation,uint64 configNonce,uint64 toTerm,uint64 seenSeq,uint64 seat,"
      "uint64 epoch)";
  return eip712_digest(
      separator_,
      eip712_struct_hash(
          kType, {word(vote.scope.generation), word(vote.scope.config_nonce), word(vote.to_term),
                  word(vote.seen_seq), word(vote.seat), word(vote.epoch)}));
}

Hash Signing::grant(const Grant& grant) const {
  static const Eip712Type kType =
      "Grant(uint64 generation,uint64 configNonce,uint64 term,uint64 leaderSeat,address leaderKey,"
      "uint64 lastTerm,uint64 lastSeq,bytes32 head,uint64 seat,uint64 epoch)";
  return eip712_digest(
      separator_,
      eip712_struct_hash(
          kType, {word(grant.scope.generation), word(grant.scope.config_nonce), word(grant.term),
                  word(grant.leader_seat), abi_word(grant.leader_key), word(grant.last.term),
                  word(grant.last.seq), grant.last.hash, word(grant.seat), word(grant.epoch)}));
}

Hash Signing::restart_report(const RestartReport& report) const {
  static const Eip712Type kType =
      "RestartReport(uint64 generation,uint64 configNonce,uint64 promisedTerm,uint64 lastTerm,"
      "uint64 lastSeq,bytes32 head,bool blank,uint64 seat,uint64 epoch)";
  return eip712_digest(
      separator_,
      eip712_struct_hash(kType, {word(report.scope.generation), word(report.scope.config_nonce),
                                 word(report.promised_term), word(report.last.term),
                                 word(report.last.seq), report.last.hash, abi_word(report.blank),
                                 word(report.seat), word(report.epoch)}));
}

Hash Signing::recovery_consent(const RecoveryConsent& consent) const {
  static const Eip712Type kType =
      "RecoveryConsent(uint64 generation,uint64 lastTerm,uint64 lastSeq,uint64[] seats,"
      "uint64 issuedMs,uint64 seat)";
  return eip712_digest(
      separator_, eip712_struct_hash(kType, {word(consent.generation), word(consent.last_term),
                                             word(consent.last_seq), items_hash(consent.seats),
                                             abi_word(consent.issued_ms), word(consent.seat)}));
}

Hash Signing::switchover_order(const SwitchoverOrder& order) const {
  static const Eip712Type kType =
      "SwitchoverOrder(uint64 generation,uint64 term,uint64 to,uint64 deadline,uint64 seat)";
  return eip712_digest(
      separator_,
      eip712_struct_hash(kType, {word(order.generation), word(order.term), word(order.to),
                                 abi_word(order.deadline), word(order.seat)}));
}

Hash Signing::start_generation(const StartGeneration& start) const {
  static const Eip712Type kType =
      "StartGeneration(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,"
      "uint64 seq,bytes32 head,Founder[] founders)Founder(uint64 seat,uint64 epoch)";
  static const Eip712Type kFounder = "Founder(uint64 seat,uint64 epoch)";
  std::vector<Hash> founders;
  founders.reserve(start.founders.size());
  for (const auto& founder : start.founders) {
    founders.push_back(eip712_struct_hash(kFounder, {word(founder.seat), word(founder.epoch)}));
  }
  return eip712_digest(
      separator_,
      eip712_struct_hash(kType, {word(start.generation), word(start.term), word(start.config_nonce),
                                 word(start.leader_seat), word(start.seq), start.head,
                                 eip712_array_hash(founders)}));
}

Hash Signing::report(const Report& report) const {
  static const Eip712Type kType =
      "Report(uint64 generation,uint64 term,uint64 configNonce,uint64 leaderSeat,"
      "uint64[] countedSeats)";
  return eip712_digest(
      separator_, eip712_struct_hash(
                      kType, {word(report.generation), word(report.term), word(report.config_nonce),
                              word(report.leader_seat), items_hash(report.counted_seats)}));
}

Hash Signing::transport_key(const Hash& key_hash, const Identity& identity) const {
  static const Eip712Type kType = "TransportKey(bytes32 keyHash,uint64 seat,uint64 epoch)";
  return eip712_digest(
      separator_, eip712_struct_hash(kType, {key_hash, word(identity.seat), word(identity.epoch)}));
}

Hash Signing::attestation(const Hash& nonce, const Identity& identity) const {
  static const Eip712Type kType =
      "Attestation(bytes32 nonce,uint64 seat,uint64 epoch,address bootKey)";
  return eip712_digest(separator_,
                       eip712_struct_hash(kType, {nonce, word(identity.seat), word(identity.epoch),
                                                  abi_word(identity.boot_key)}));
}

}  // namespace dnc
