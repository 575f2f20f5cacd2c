// A counter as a replicated service: the smallest state machine that shows lost, doubled and
// reordered operations. Every command, query and answer starts with the id of its service, so that
// several services can share one log.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "core/base/state_machine.hpp"

namespace dnc {

class Counter : public StateMachine {
 public:
  static constexpr std::uint8_t kServiceId = 1;

  enum class [[nodiscard]] Outcome : std::uint8_t{
      kOk = 0,
      kMalformed = 1,  // not one of our commands; nothing changed
      kOverflow = 2,   // the sum does not fit 64 bits; nothing changed
  };

  static Bytes increment(std::uint64_t by);  // command; its answer carries the value after it
  static Bytes read();                       // query, and a command for reads through the log
  // The value in an answer; empty for an error and for bytes that are no answer of this service.
  static std::optional<std::uint64_t> decode_value(ByteView answer);
  // How it went; empty for bytes that are no answer of this service.
  static std::optional<Outcome> decode_outcome(ByteView answer);

  Bytes apply(SeqNo seq, ByteView command) override;
  void commit(SeqNo seq) override;
  void rollback(SeqNo seq) override;
  Bytes query(ByteView request) const override;
  Bytes snapshot() const override;
  bool restore(SeqNo seq, ByteView snapshot) override;

 private:
  struct Version {
    SeqNo seq;
    std::uint64_t value;
  };

  std::uint64_t newest() const { return ahead_.empty() ? committed_ : ahead_.back().value; }
  void set(SeqNo seq, std::uint64_t value);

  SeqNo committed_seq_;
  std::uint64_t committed_ = 0;
  // Invariant: seqs rise strictly and lie above committed_seq_. As long as the blocks in flight.
  std::deque<Version> ahead_;
};

}  // namespace dnc
