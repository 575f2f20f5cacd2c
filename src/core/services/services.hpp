// All services of a cluster behind one log. A command, a query or an answer begins with the id of
// its service. To add one: implement StateMachine, give it an id of its own, and a row here.
#pragma once

#include <array>

#include "core/services/counter.hpp"
#include "core/services/key_value.hpp"

namespace dnc {

class Services : public StateMachine {
 public:
  // For a command or a query of no service: id 0 and nothing else.
  static constexpr std::uint8_t kNoService = 0;

  Services() = default;
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  Bytes apply(SeqNo seq, ByteView command) override;
  void commit(SeqNo seq) override;
  void rollback(SeqNo seq) override;
  Bytes query(ByteView request) const override;
  Bytes snapshot() const override;
  bool restore(SeqNo seq, ByteView snapshot) override;

 private:
  struct Row {
    std::uint8_t id;
    StateMachine* service;
  };
  StateMachine* find(ByteView request) const;

  Counter counter_;
  KeyValue key_value_;
  const std::array<Row, 2> rows_{
      {{Counter::kServiceId, &counter_}, {KeyValue::kServiceId, &key_value_}}};
};

}  // namespace dnc
