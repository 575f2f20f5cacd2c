#include "core/eth/transaction.hpp"

#include "core/crypto/keccak256.hpp"
#include "core/eth/rlp.hpp"

namespace dnc {
namespace {

constexpr std::uint8_t kDynamicFeeType = 2;

RlpList unsigned_fields(const Transaction& transaction) {
  RlpList fields;
  fields.number(transaction.chain_id);
  fields.number(transaction.nonce);
  fields.number(transaction.max_priority_fee_per_gas);
  fields.number(transaction.max_fee_per_gas);
  fields.number(transaction.gas_limit);
  fields.bytes(transaction.to ? transaction.to->view() : ByteView{});
  fields.number(transaction.value);
  fields.bytes(transaction.data);
  fields.list({});
  return fields;
}

Bytes typed(const RlpList& fields) {
  Bytes envelope{kDynamicFeeType};
  const Bytes encoded = fields.encode();
  envelope.insert(envelope.end(), encoded.begin(), encoded.end());
  return envelope;
}

}  // namespace

Hash signing_digest(const Transaction& transaction) {
  return keccak256(typed(unsigned_fields(transaction)));
}

SignedTransaction sign(const Transaction& transaction, const PrivateKey& sender) {
  return attach(transaction, sender.sign(signing_digest(transaction)));
}

SignedTransaction attach(const Transaction& transaction, const Signature& signature) {
  const auto number_at = [&](std::size_t offset) {
    return U256::from_word(*Hash::from(signature.view().subspan(offset, Hash::kSize)));
  };
  RlpList fields = unsigned_fields(transaction);
  fields.number(signature.bytes[64]);
  fields.number(number_at(0));
  fields.number(number_at(32));
  SignedTransaction done;
  done.raw = typed(fields);
  done.hash = keccak256(done.raw);
  return done;
}

}  // namespace dnc
