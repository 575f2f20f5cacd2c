// RLP, the encoding of Ethereum transactions (yellow paper, appendix B). Encoding only: we send
// transactions and never read a stranger's.
#pragma once

#include "core/base/bytes.hpp"
#include "core/eth/u256.hpp"

namespace dnc {

class RlpList {
 public:
  void bytes(ByteView value);
  void number(const U256& value);  // big-endian without leading zeros; zero is the empty string
  void list(const RlpList& value);

  Bytes encode() const;

 private:
  Bytes payload_;
};

}  // namespace dnc
