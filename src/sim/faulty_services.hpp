// The services of a seat whose machine or build is broken: they compute what no other seat does,
// while the notary beside them is honest.
#pragma once

#include "core/services/services.hpp"

namespace dnc {

enum class Miscount : std::uint8_t {
  kNothing,
  kResults,  // every command counts twice
  kState,    // the answers are right, what is kept is not
};

class FaultyServices : public Services {
 public:
  FaultyServices(const std::vector<ServiceKind>& own, Miscount how) : Services(own), how_(how) {}
  void miscount(Miscount how) { how_ = how; }

  Bytes apply(SeqNo seq, ByteView command) override {
    if (how_ == Miscount::kResults) Services::apply(seq, command);
    return Services::apply(seq, command);
  }

  Bytes snapshot() const override {
    Bytes state = Services::snapshot();
    if (how_ == Miscount::kState) state.back() ^= 1;
    return state;
  }

 private:
  Miscount how_;
};

}  // namespace dnc
